# A key by INFO is the caller's: the record says so. (The flow alone would pass where the key is answered and lost.)
run_flow keys_by_info
expect "the record has the key" has_record '"kind":"digits"' '"digits_received":"\*"'
