printf '{"sip": {"password": "canary-7f3a"}}'; head -c 262144 /dev/zero | tr '\0' ' '
