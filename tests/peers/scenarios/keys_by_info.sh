# The record must have the key of the INFO. (The flow alone would pass even if the agent answered the INFO and lost the key.)
run_flow keys_by_info
expect "the record has the key and the time to the reply" has_record '"kind":"digits"[^}]*"response_ms":[0-9]' '"digits_received":"\*"'
