printf '{"sip": '; printf '[%.0s' {1..16}; printf ']%.0s' {1..16}; printf '}'
