    unreachable = run_info(full, retries=0)
    assert (unreachable["error"]["kind"], unreachable["unreachable"]) == ("unreachable", True)
    assert unreachable["device"] == {"host": "127.0.0.1", "serial": full.serial}
    full.plant_fault("http_status", call="recording_group/list", status=302)
