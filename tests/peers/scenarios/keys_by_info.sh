# A key by INFO is the caller's: the record says so. (The flow alone would pass where the key is answered and lost.)
run_flow keys_by_info
expect "the record has the key and the time to the reply" has_record '"kind":"digits"[^}]*"response_ms":[0-9]' '"digits_received":"\*"'
