# aiortc_asks-CODEC: aiortc asks for the opening hours in `opus` or `pcmu`, with ICE, DTLS-SRTP and rtcp-mux, as a browser does.
. "$here/sentences.sh"
[ "$1" = pcmu ] || agent_too='"media": {"codecs": ["opus", "PCMU"]}'
/usr/bin/python3 -c 'import aiortc' 2>/dev/null || absent "there is no aiortc (apt-get install python3-aiortc)"
start_kamailio
start_agent 6001
say_wav "$work/question.wav" 16000 6500 17000 "what are your opening hours"
opening_hours
mkdir -p "$work/caller/heard"
start caller /usr/bin/python3 "$here/aiortc/telephone.py" --proxy "127.0.0.1:$registrar_port" --user 6001 --codec "$1" --play "$work/question.wav" \
  --record "$work/caller/heard/aiortc-dec.wav"
expect "the call is over" says "$work/caller.log" '^bye 200|^status [3-6]|Error'
expect "aiortc ends" gone "$pid"
says "$work/caller.log" '^bye 200' || die "the call of aiortc failed: $(tail -n 1 "$work/caller.log")"
understood opening_hours
telephone_heard caller hello
opening_hours_heard
encrypted 'by DTLS'
path_was 'ICE, host to host'
