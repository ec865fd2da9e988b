# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test altered responses: the request is applied, and the XML stays well-formed where intended."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from lxml import etree

PARSER = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
SERVICE = "/vapix/services"
SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
ACTION = "{http://www.axis.com/vapix/ws/action1}"
XML_KINDS = {
    "truncated": "Truncated",
    "doctype": "Doctype",
    "external_entity": "ExternalEntity",
    "entity_bomb": "EntityBomb",
    "latin1": "Latin1",
    "namespace": "Namespace",
}
OPERATION = (
    b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>'
    b'<GetActionConfigurations xmlns="http://www.axis.com/vapix/ws/action1"/></e:Body></e:Envelope>'
)


def request_service(client, device):
    return client.send(device, SERVICE, method="POST", data=OPERATION)


@pytest.fixture
def real(camera, client):
    """Return the list with one group, and the response of the service with one configuration, without faults."""
    camera.plant_group(recording_group_id="g", nice_name="Café €", retention_time=720)
    camera.plant_configuration(name="Tür €")
    return {"list": client.groups(camera, "list").content, "service": request_service(client, camera).content}


@pytest.mark.parametrize(("kind", "name"), XML_KINDS.items())
def test_the_request_is_applied(camera, client, kind, name):
    camera.plant_fault(kind, call="recording_group/create")
    answer = client.groups(camera, "create", recordinggroupid="g")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    (entry,) = camera.writes
    assert (list(camera.groups), entry.status, entry.fault) == (["g"], 200, name)
    assert camera.connections == 1


@pytest.mark.parametrize("kind", XML_KINDS)
def test_errors_are_altered_like_successes(camera, client, kind):
    camera.plant_fault(kind, call="recording_group/delete")
    assert (
        client.groups(camera, "delete", recordinggroupid="g").content
        != client.groups(camera, "delete", recordinggroupid="g").content
    )
    assert [entry.code for entry in camera.writes] == [110, 110]


@pytest.mark.parametrize("kind", sorted(set(XML_KINDS) - {"truncated"}))
def test_json_and_html_stay_unchanged(camera, client, kind):
    discovery = {"method": "POST", "json": {"apiVersion": "1.0", "method": "getApiList"}}
    real = client.send(camera, "/axis-cgi/apidiscovery.cgi", **discovery)
    fault = camera.plant_fault(kind, times=2, before_login=None)
    answer = client.send(camera, "/axis-cgi/apidiscovery.cgi", None, **discovery)
    assert (answer.content, answer.headers["Content-Type"]) == (real.content, real.headers["Content-Type"])
    page = client.send(camera, "/axis-cgi/disks/list.cgi", None)
    assert page.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert page.content.endswith(b"</body></html>\n")
    assert fault.hits == 2


def test_truncated_sends_one_half(camera, client, real):
    camera.plant_fault("truncated", times=2)
    answer = client.groups(camera, "list").content
    assert answer == real["list"][: len(real["list"]) // 2]
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer)
    assert request_service(client, camera).content == real["service"][: len(real["service"]) // 2]


def without_document_type(answer):
    """Return the response without its document type, which must exist."""
    before, declared, after = answer.partition(b"<!DOCTYPE ")
    assert declared
    return before + after[after.index(b">\n") + 2 :]


def test_doctype_is_added(camera, client, real):
    camera.plant_fault("doctype", times=2)
    listed, served = client.groups(camera, "list").content, request_service(client, camera).content
    assert without_document_type(listed) == real["list"]
    assert without_document_type(served) == real["service"]
    assert etree.fromstring(listed).getroottree().docinfo.doctype == "<!DOCTYPE RecordingGroupResponse>"
    assert etree.fromstring(served).getroottree().docinfo.doctype == "<!DOCTYPE Envelope>"


def test_document_without_declaration_gets_one(camera, client):
    camera.plant_fault("latin1")
    camera.plant_fault("doctype")
    answer = client.send(camera, "/axis-cgi/disks/gethealth.cgi").content
    assert etree.fromstring(answer).tag == "HealthStatusResponse"
    assert answer.startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE HealthStatusResponse>\n')


@pytest.mark.parametrize("url", [None, "http://127.0.0.1:9/secret.dtd"])
def test_external_entity_is_declared_and_used(camera, client, real, url):
    camera.plant_fault("external_entity", times=2, url=url)
    expected = {"file": "file:///etc/hostname"} | ({} if url is None else {"web": url})
    for answer in (client.groups(camera, "list").content, request_service(client, camera).content):
        root = etree.fromstring(answer, PARSER)
        document = root.getroottree().docinfo
        assert {entity.name: entity.system_url for entity in document.internalDTD.iterentities()} == expected
        assert document.system_url == url
        assert [item.name for item in root if isinstance(item, etree._Entity)] == list(expected)
        assert len(root.findall("*")) == 1


def test_an_unsafe_parser_would_read_the_file(camera, client, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of the client")
    camera.plant_fault("external_entity", file=secret.as_uri())
    answer = client.groups(camera, "list").content
    assert etree.fromstring(answer, etree.XMLParser(resolve_entities=True)).text.startswith("of the client")


def test_entity_bomb_is_small_and_expands(camera, client, real):
    camera.plant_fault("entity_bomb", times=2)
    for answer in (client.groups(camera, "list").content, request_service(client, camera).content):
        assert len(answer) < 6000
        texts = dict(re.findall(r'<!ENTITY (b\d) "([^"]*)">', answer.decode()))
        assert texts == {"b0": "ha"} | {f"b{number}": f"&b{number - 1};" * 10 for number in range(1, 10)}
        assert b">&b9;" in answer
        with pytest.raises(etree.XMLSyntaxError, match=r"amplification|entity reference loop"):
            etree.fromstring(answer)


def test_latin1_changes_only_the_encoding(camera, client, real):
    camera.plant_fault("latin1", times=2)
    listed, served = client.groups(camera, "list"), request_service(client, camera)
    assert b'NiceName="Caf\xe9 &#8364;"' in listed.content
    assert b"T\xfcr &#8364;" in served.content
    assert listed.headers["Content-Type"] == "text/xml"
    assert served.headers["Content-Type"] == "application/soap+xml; charset=iso-8859-1"
    for answer, name in ((listed, "list"), (served, "service")):
        assert answer.content.startswith(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<')
        assert etree.tostring(etree.fromstring(answer.content), method="c14n") == etree.tostring(
            etree.fromstring(real[name]), method="c14n"
        )


@pytest.mark.parametrize("prefix", ["", "axis"])
def test_namespace_is_changed_in_every_element(camera, client, real, prefix):
    camera.plant_fault("namespace", prefix=prefix, uri="http://example.com/x")
    root = ElementTree.fromstring(client.groups(camera, "list").content)
    (group,) = root.iter("{http://example.com/x}RecordingGroup")
    assert {element.tag.partition("}")[0] for element in root.iter()} == {"{http://example.com/x"}
    assert group.get("RecordingGroupId") == "g"


@pytest.mark.parametrize("prefix", ["", "axis"])
def test_elements_with_a_prefix_keep_their_namespace(camera, client, real, prefix):
    camera.plant_fault("namespace", prefix=prefix)
    served = request_service(client, camera).content
    assert [item.tag for item in etree.fromstring(served).iter()] == [
        item.tag for item in etree.fromstring(real["service"]).iter()
    ]
    assert etree.fromstring(served).nsmap[prefix or None] == "http://www.axis.com/vapix/http_cgi/unknown"


def test_soap_faults_are_altered_like_responses(camera, client):
    camera.plant_fault("namespace", prefix="axis")
    answer = client.send(camera, SERVICE, method="POST", data=OPERATION.replace(b"GetActionC", b"GetNoC"))
    assert answer.status_code == 400
    assert etree.fromstring(answer.content).find(f"{SOAP}Body/{SOAP}Fault") is not None
    assert camera.journal[-1].fault == "Namespace"


def test_padding_surrounds_the_body(camera, client, real):
    for call, send in (("recording_group/list", lambda: client.groups(camera, "list")), ("action/*", None)):
        usual = real["list" if send else "service"]
        camera.plant_fault("padded", call=call)
        answer = send() if send else request_service(client, camera)
        assert answer.content == b"\r\n \t\n" + usual + b"\n\0\0"
        assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_forbidden_characters_are_sent_raw_and_as_references(camera, client):
    """A lone surrogate of the state is a byte that is not UTF-8."""
    camera.plant_group(recording_group_id="g", description="a\x01\udcffé")
    camera.plant_configuration(name="b\0\udcff")
    assert b'Description="a\x01\xff\xc3\xa9"' in client.groups(camera, "list").content
    assert b"<aa:Name>b\0\xff</aa:Name>" in request_service(client, camera).content
    camera.plant_fault("references", times=None)
    assert b'Description="a&#x1;&#xdcff;\xc3\xa9"' in client.groups(camera, "list").content
    assert b"<aa:Name>b&#x0;&#xdcff;</aa:Name>" in request_service(client, camera).content
