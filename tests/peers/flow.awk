# Converts a call flow (tests/peers/sipp/*.flow, tests/peers/README.md) to a scenario for SIPp.
function fail(what) { printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"; bad = 1; exit 1 }
function escape(text) { gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/"/, "\\&quot;", text); return text }
function option(name, otherwise,   i, part) {
  for (i = 3; i <= words; ++i) if (split(word[i], part, "=") > 1 && part[1] == name) return substr(word[i], length(name) + 2)
  return otherwise
}
function variable(name) { used[name] = 1; return name }

# Writes the pending message, after its additional header fields or its checks have been read.
function flush_message() {
  if (kind == "send") write_send()
  if (kind == "receive") write_receive()
  kind = ""
}
function add_header(name, value,   i) {
  for (i = 1; i <= headers; ++i) if (header_name[i] == name && !(name in given)) { header_value[i] = value; given[name] = 1; return }
  header_name[++headers] = name; header_value[headers] = value; given[name] = 1
}
function default_header(name, value) { header_name[++headers] = name; header_value[headers] = value }

function sdp(which,   direction, text, version) {
  direction = which == "hold" ? "sendonly" : which == "inactive" ? "inactive" : "sendrecv"
  version = line ~ /^SIP/ ? sdp_version + 1 : ++sdp_version + 1  # A repeated description has the same version.
  text = "v=0\no=sipp 4711 " version " IN IP4 [local_ip]\ns=-\nc=IN IP4 " (which == "black_hole" ? "0.0.0.0" : "[media_ip]") "\nt=0 0\n"
  if (which == "g729") return text "m=audio [media_port] RTP/AVP 18\n"
  if (which == "srtp") return text "m=audio [media_port] RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n"
  if (which == "moved") return text "m=audio [media_port+2] RTP/AVP 0\na=" direction "\n"
  if (which == "rejected") return text "m=audio 0 RTP/AVP 0\n"
  return text "m=audio [media_port] RTP/AVP 0 8 101\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=" direction "\n"
}

# Over TLS, openssl in front of SIPp accepts the connection. SIPp does not know this, so the Contact needs the port of openssl.
function contact() { return tls_port ? "<sip:sipp@[local_ip]:" tls_port ";transport=tls>" : "<sip:sipp@[local_ip]:[local_port];transport=[transport]>" }

function start_send(what,   branch, uri, to, number) {
  kind = "send"; headers = 0; delete given; body = option("body", "none"); delay = option("after", 0)
  me = "<sip:sipp@[local_ip]:[local_port]>;tag=[pid]-[call_number]"
  if (what ~ /^[1-6][0-9][0-9]$/) {
    method = word[3]
    if (method == "" || !(method in got)) fail("a response to a request that did not come: " method)
    line = "SIP/2.0 " what " " option("phrase", "Phrase")
    default_header("Via", "[$via_" method "]"); default_header("From", "[$from_" method "]")
    to = "[$to_" method "]"
    if (role == "called" && method == "INVITE" && what > 100) to = to ";tag=" option("tag", "[pid]-[call_number]")
    else if ((method == "REGISTER" || method == "OPTIONS" || method == "CANCEL") && what > 100) to = to ";tag=[pid]-[call_number]"
    default_header("To", to); default_header("Call-ID", "[call_id]"); default_header("CSeq", "[$cseq_" method "]")
    if (method == "INVITE" || method == "UPDATE") default_header("Contact", contact())
    if (method == "INVITE" && what >= 200 && what < 300) established = 1
    return
  }
  number = cseq
  if (what == "ACK" || what == "CANCEL") number = invite_cseq ? invite_cseq : 1
  else number = ++cseq
  if (what == "INVITE") { invite_cseq = number; invite_branch = "b" number; invite_established = established }
  hop_by_hop = what == "CANCEL" || (what == "ACK" && option("for", "200") != "200")
  branch = hop_by_hop ? invite_branch : "b" (++branches) "-" what
  if (what == "INVITE") branch = invite_branch
  branch = option("branch", branch)
  uri = (role == "called" || established) && !(hop_by_hop && !invite_established) ? "[next_url]" : "sip:[service]@[remote_ip]:[remote_port]"
  line = what " " option("uri", uri) " SIP/2.0"
  default_header("Via", "SIP/2.0/" (tls_port ? "TLS" : "[transport]") " [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-" branch ";rport")
  default_header("Max-Forwards", "70")
  to = "<sip:[service]@[remote_ip]:[remote_port]>" peer_tag(what)
  if (option("to", "") != "") to = "<sip:[service]@[remote_ip]:[remote_port]>" (option("to", "") == "none" ? "" : ";tag=" option("to", ""))
  if (role == "called") to = "[$from_INVITE]"
  default_header("From", me); default_header("To", to); default_header("Call-ID", "[call_id]")
  default_header("CSeq", option("cseq", number) " " what)
  if (what != "ACK" && what != "CANCEL" && what != "BYE") default_header("Contact", contact())
}
# The tag of a 2xx is the dialog's tag, even if a later refusal has another tag.
function peer_tag(what) {
  if (what == "CANCEL" && !invite_established) return ""
  if (established && !(hop_by_hop && !invite_established)) return "[$tag]"
  return answered ? "[peer_tag_param]" : ""
}
function write_send(   i) {
  if (delay > 0) printf "  <pause milliseconds=\"%d\"/>\n", delay
  printf "  <send>\n    <![CDATA[\n%s\n", line
  for (i = 1; i <= headers; ++i) if (header_value[i] != "-") printf "%s:%s%s\n", header_name[i], header_value[i] ~ /^\[\$/ ? "" : " ", header_value[i]
  if (proxied && established && line !~ /^SIP/ && !hop_by_hop) print "[routes]"
  if (body != "none" && !("Content-Type" in given)) print "Content-Type: application/" (body == "key" ? "dtmf-relay" : "sdp")
  if (!("Content-Length" in given)) print "Content-Length: [len]"
  print ""
  if (body != "none") printf "%s", body == "text" ? "hello\n" : body == "key" ? "Signal=7\nDuration=160\n" : sdp(body)
  printf "    ]]>\n  </send>\n\n"
}
function start_receive(what, is_optional) {
  kind = "receive"; checks = 0; received = what; optional = is_optional; wait = option("within", 0)
  if (what !~ /^[1-6]/) got[what] = 1
  if (what ~ /^[2-6]/ || what ~ /^18/) answered = 1
  if (what ~ /^2/ && invite_cseq) established = 1
}
function check(where, name, pattern) { check_where[++checks] = where; check_name[checks] = name; check_pattern[checks] = pattern }
function write_receive(   i, attributes) {
  attributes = received ~ /^[1-6]/ ? "response=\"" received "\"" : "request=\"" received "\""
  if (received ~ /^(18.|2..|INVITE|UPDATE)$/) attributes = attributes " rrs=\"true\""
  if (optional) attributes = attributes " optional=\"true\""
  if (wait) attributes = attributes " timeout=\"" wait "\""
  printf "  <recv %s>\n", attributes
  confirms = received ~ /^2/ && invite_cseq && !tag_known && role == "caller"
  if (received !~ /^[1-6]/ || checks || confirms) {
    print "    <action>"
    if (confirms) { tag_known = 1; printf "      <ereg regexp=\";tag=[0-9A-Za-z.-]*\" search_in=\"hdr\" header=\"To:\" assign_to=\"%s\"/>\n", variable("tag") }
    if (received !~ /^[1-6]/ && received != "ACK") {
      for (i = 1; i <= split("via from to cseq", part, " "); ++i)
        printf "      <ereg regexp=\".*\" search_in=\"hdr\" header=\"%s:\" assign_to=\"%s\"/>\n", substr("Via From To CSeq", index("via from to cseq", part[i]), length(part[i])), variable(part[i] "_" received)
    }
    for (i = 1; i <= checks; ++i) {
      if (check_where[i] == "header") printf "      <ereg regexp=\"%s\" search_in=\"hdr\" header=\"%s:\" check_it=\"true\" assign_to=\"%s\"/>\n", escape(check_pattern[i]), check_name[i], variable("ok")
      else printf "      <ereg regexp=\"%s\" search_in=\"msg\" %s=\"true\" assign_to=\"%s\"/>\n", escape(check_pattern[i]), check_where[i], variable("ok")
    }
    print "    </action>"
  }
  printf "  </recv>\n\n"
}

function register(status, more, attributes) {
  printf "  <send" attributes ">\n    <![CDATA[\nSIP/2.0 %s\n[last_Via:]\n[last_From:]\n[last_To:];tag=registrar\n[last_Call-ID:]\n[last_CSeq:]\n%s\nContent-Length: 0\n\n    ]]>\n  </send>\n", status, more
}

BEGIN {
  role = "caller"
  print "<?xml version=\"1.0\" encoding=\"US-ASCII\"?>\n<!DOCTYPE scenario SYSTEM \"sipp.dtd\">\n<scenario name=\"flow\">"
}
/^#/ || /^ *$/ { next }
{ words = split($0, word, " ") }
word[1] == "role" {
  role = word[2]
  if (role == "called" && word[3] != "unregistered") {  # The same SIPp is also the registrar. It demands a password if the flow says so.
    print "  <recv request=\"REGISTER\" optional=\"true\" next=\"1\">\n    <action>"
    printf "      <ereg regexp=\"Digest\" search_in=\"hdr\" header=\"Authorization:\" assign_to=\"%s\"/>\n", variable("proven")
    if (tls_port) printf "      <ereg regexp=\"@[0-9.]+;transport\" search_in=\"hdr\" header=\"Contact:\" assign_to=\"%s\"/>\n", variable("unsaid")
    print "    </action>\n  </recv>"
    registrar = word[3] == "challenged" ? 2 : 1
  }
  next
}
word[1] == "option" || word[1] == "exit" { next }  # The runner reads these lines.
word[1] == ">" { flush_message(); start_send(word[2]); next }
word[1] == "<" || word[1] == "<?" { flush_message(); start_receive(word[2], word[1] == "<?"); next }
word[1] == "|" {
  if (kind != "send") fail("a header field of no message")
  rest = $0; sub(/^\| */, "", rest); name = rest; sub(/:.*/, "", name); sub(/^[^:]*: ?/, "", rest); add_header(name, rest)
  next
}
word[1] == "=" {
  if (kind != "receive") fail("a check of no message")
  rest = $0; sub(/^= */, "", rest); name = rest; sub(/:.*/, "", name); sub(/^[^:]*: ?/, "", rest); check("header", name, rest)
  next
}
word[1] == "~" || word[1] == "!" {
  if (kind != "receive") fail("a check of no message")
  rest = $0; sub(/^[~!] */, "", rest); check(word[1] == "~" ? "check_it" : "check_it_inverse", "", rest)
  next
}
word[1] == "pause" { flush_message(); printf "  <pause milliseconds=\"%d\"/>\n\n", word[2]; next }
word[1] == "play" {
  flush_message()
  printf "  <nop>\n    <action>\n      <exec rtp_stream=\"%s,-1,0,PCMU/8000\"/>\n    </action>\n  </nop>\n\n", word[2]
  next
}
{ fail("what is this: " $0) }
END {
  if (bad) exit 1
  flush_message()
  if (registrar) {
    print "  <nop hide=\"true\" next=\"2\"/>\n  <label id=\"1\"/>"
    if (registrar == 2) {
      print "  <nop hide=\"true\" test=\"proven\" next=\"3\"/>"
      register("401 Unauthorized", "WWW-Authenticate: Digest realm=\"offhook.test\", nonce=\"1\", algorithm=MD5, qop=\"auth\"\nWWW-Authenticate: Digest realm=\"offhook.test\", nonce=\"2\", algorithm=SHA-256, qop=\"auth\"")
      print "  <recv request=\"REGISTER\">\n    <action>"
      printf "      <ereg regexp=\"SHA-256\" search_in=\"hdr\" header=\"Authorization:\" check_it=\"true\" assign_to=\"%s\"/>\n    </action>\n  </recv>\n", variable("ok")
    }
    if (registrar == 2) print "  <label id=\"3\"/>"
    # Over TLS, our response tells the agent its own address, which its Contact names from then on. The agent registers again at once, so there is no
    # <nop> between.
    again = tls_port && registrar == 1
    register("200 OK", "[last_Contact:]\nExpires: 300", again ? " test=\"unsaid\" next=\"4\"" : "")
    if (again) {
      print "  <nop hide=\"true\" next=\"2\"/>\n  <label id=\"4\"/>\n  <recv request=\"REGISTER\"/>"
      register("200 OK", "[last_Contact:]\nExpires: 300")
    }
    # The last 200 is the last step of the call: the agent may close the connection at once, which is an error for SIPp if the call has more steps.
    print "  <label id=\"2\"/>"
  }
  names = ""
  for (name in used) names = names (names == "" ? "" : ",") name
  if (names != "") printf "  <Reference variables=\"%s\"/>\n", names
  print "</scenario>"
}
