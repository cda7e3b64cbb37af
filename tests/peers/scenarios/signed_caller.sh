# STIR and SHAKEN with openssl only: a call from 12155551212 gets the agent for this caller if the number has a valid signature, but not if the call
# only claims the number.
needs_program openssl openssl
base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
certificate() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.pem" >>"$work/openssl.log" 2>&1; }
# raw_signature: converts an ECDSA signature in DER to r and s, 32 octets each.
raw_signature() {
  local number
  openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p' | while read -r number; do
    number=$(printf '%64s' "$number" | tr ' ' 0 | sed 's/../\\x&/g')
    printf '%b' "$number"
  done
}
# passport KEY ATTEST: prints the Identity of a call to 6001, with this attestation (A or C), signed with KEY now.
passport() {
  local text
  text=$(printf '{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://cert.example/a.pem"}' | base64url).$(printf \
    '{"attest":"%s","dest":{"tn":["6001"]},"iat":%s,"orig":{"tn":"12155551212"},"origid":"123e4567-e89b-12d3-a456-426655440000"}' "$2" "$(date +%s)" | base64url)
  printf '%s.%s;info=<https://cert.example/a.pem>;alg=ES256;ppt="shaken"' "$text" \
    "$(printf %s "$text" | openssl dgst -sha256 -sign "$work/$1.key" | raw_signature | base64url)"
}
# call_with NAME IDENTITY STATUS: calls as 12155551212 with this Identity ("" for none), from an address that is not the registrar's. Expects STATUS.
call_with() {
  file=$work/$1.flow name=$1
  {
    printf '> INVITE body=offer\n| From: <sip:12155551212@127.0.0.2>;tag=[pid]-[call_number]\n'
    [ -z "$2" ] || printf '| Identity: %s\n' "$2"
    printf '<? 100\n<? 180\n< %s\n' "$3"
    if [ "$3" = 200 ]; then printf '> ACK\n| From: <sip:12155551212@127.0.0.2>;tag=[pid]-[call_number]\npause 200\n> BYE\n| From: <sip:12155551212@127.0.0.2>;tag=[pid]-[call_number]\n< 200\n'
    else printf '> ACK for=%s\n| From: <sip:12155551212@127.0.0.2>;tag=[pid]-[call_number]\n' "$3"; fi
  } >"$file"
  flow_xml
  run_sipp "$1" "$agent_sip" -i 127.0.0.2
}
brief_agent
certificate signer && certificate thief || die "openssl did not make a certificate"
start_kamailio
agent_sip_too="\"accept_from\": \"anyone\", \"identity\": {\"trust_file\": \"$work/signer.pem\", \"failed\": \"refuse\",
  \"certificates\": [{\"url\": \"https://cert.example/a.pem\", \"file\": \"$work/signer.pem\"}]}"
agent_too='"agents": [{"name": "known", "match": {"caller": "12155551212", "verified": true}}]'
start_agent 6001
check() { "$offhook" check --config "$work/agent.json" "$@" >"$work/check.log" 2>&1; }
check || die "offhook check does not accept the configuration: $(tail -n 2 "$work/check.log")"
check --set "/sip/identity/trust_file=$work/signer.key" && die "offhook check accepts a private key as the file of trusted certificates"
says "$work/check.log" '/sip/identity: .*signer.key: it contains no certificate to trust' || die "offhook check gives another problem: $(tail -n 3 "$work/check.log")"
check --set "/sip/identity/trust_file=$work/absent.pem" && die "offhook check accepts a missing file of trusted certificates"
says "$work/check.log" '/sip/identity/trust_file: ' || die "offhook check gives another problem: $(tail -n 3 "$work/check.log")"
call_with signed "$(passport signer A)" 200
expect "the record says that the caller's signature has passed" has_record '"identity":\{"result":"passed","attest":"A"' '"agent":"known"'
call_with unsigned '' 200
expect "the record says that the caller has no signature" has_record '"identity":\{"result":"absent"\}'
has_record '"agent":"known"' && die "the agent trusted a number without a signature"
call_with half_known "$(passport signer C)" 200
expect "the record has attestation C" has_record '"identity":\{"result":"passed","attest":"C"'
has_record '"agent":"known"' && die "the agent trusted a number with attestation C"
call_with forged "$(passport thief A)" 438
expect "the record says why the signature failed" has_record '"identity":\{"result":"failed","why":"the signature'
shows /metrics 'offhook_callers_total\{identity="passed"\} 2' || die "/metrics does not count the callers with a good signature"
shows /metrics 'offhook_callers_total\{identity="failed"\} 1' || die "/metrics does not count the callers with a bad signature"
