echo "no certificate" | tee 166-ca.pem 166-own.pem >166-own.key
cat <<'END'
{
  "sip": {"extension": "6001", "password": "canary-7f3a", "host": "pbx.example", "web_socket": {"port": 8088}, "transport": "wss",
    "tls": {"ca_file": "166-ca.pem", "certificate": "166-own.pem", "key": "166-own.key", "pin": "*******************************************="}}
}
END
