#include <offhook/agent/capture/masking.hpp>
#include <offhook/agent/capture/message_lines.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace offhook::agent::capture;

namespace {

std::string masked(std::string text) {
  mask_secrets(text);
  return text;
}

std::string request_with(const std::string& lines, const std::string& body = {}) {
  return "INVITE sip:6001@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n" + lines + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Checks that masking hides the word SECRET, however often it comes, and changes nothing else.
void check_hidden(const std::string& text) {
  std::string expected = text;
  for (auto at = expected.find("SECRET"); at != std::string::npos; at = expected.find("SECRET")) expected.replace(at, 6, "xxxxxx");
  REQUIRE(expected != text);
  CHECK(masked(text) == expected);
}
void check_becomes(const std::string& text, const std::string& expected) { CHECK(masked(text) == expected); }
void check_unchanged(const std::string& text) { CHECK(masked(text) == text); }

}  // namespace

TEST_CASE("Masking hides the response and the cnonce of a digest, and leaves the other parameters readable [RFC 3261 section 22.4]") {
  check_hidden(request_with("Authorization: Digest username=\"6001\", realm=\"pbx, one\", nonce=\"af31\", uri=\"sip:pbx.example\", response=\"SECRET\","
                            " algorithm=MD5, cnonce=\"SECRET\", opaque=\"b\", qop=auth, nc=00000001\r\n"));
  check_hidden(request_with("Proxy-Authorization: Digest username=\"6001\",response=\"SECRET\"\r\n"));
}

TEST_CASE("Masking finds a header field in upper or lower case, with blanks before the colon, and with folded lines [RFC 3261 section 7.3.1]") {
  check_hidden(request_with("aUTHORIZATION \t: dIGEST username=\"6001\",\r\n\tRESPONSE =\r\n \"SECRET\"\r\n"));
  check_hidden(request_with("Authorization:\r\n Digest response=\"SECRET\r\n SECRET\"\r\nSubject: response\r\n"));
  check_hidden("INVITE sip:a SIP/2.0\nAuthorization: Digest response=\"SECRET\"\nSubject: a\n\n");
  check_hidden("INVITE sip:a SIP/2.0\rAuthorization: Digest response=\"SECRET\"");
  check_hidden(request_with("Subject: a\rAuthorization: Digest response=\"SECRET\"\r\n"));
}

TEST_CASE("Masking hides unknown parameters of a digest, values without quotes, and text that is not a parameter") {
  check_hidden(request_with("Authorization: Digest username=\"6001\", auts=\"SECRET\", response=SECRET , extra=\"SECRET SECRET\", SECRET, nc=1 SECRET\r\n"));
  check_becomes("Authorization: Digest realm=\"a\", =SECRET, @realm=\"b\", realm=\"c\"\r\n", "Authorization: Digest realm=\"a\", xxxxxxx, xxxxxxxxxx, realm=\"c\"\r\n");
  check_becomes("Authorization: Digest username=6001;response=abc, nc=1\r\n", "Authorization: Digest username=6001xxxxxxxxxxxxx, nc=1\r\n");
  check_becomes("Authorization: Digest response=\"a\\\"b\", nc=1\r\n", "Authorization: Digest response=\"xxxx\", nc=1\r\n");
  check_hidden(request_with("WWW-Authenticate: Digest realm=\"a\", nonce=\"n\", ck=\"SECRET\", qop=\"auth,auth-int\"\r\n"));
  check_hidden(request_with("Authentication-Info: nextnonce=\"n\", rspauth=\"SECRET\", cnonce=\"SECRET\", nc=00000001\r\n"));
}

TEST_CASE("If a quote is never closed, masking hides the rest of the header field, even after a readable parameter") {
  check_hidden(request_with("Authorization: Digest username=\"SECRET\r\nSubject: a\r\n"));
  check_becomes("Authorization: Digest realm=\"SECRET\\\", nonce=\"a\r\nSubject: a\r\n", "Authorization: Digest realm=\"SECRET\\\", nonce=\"x\r\nSubject: a\r\n");
  check_becomes("Authorization: Digest realm=\"a\\\"\r\n", "Authorization: Digest realm=\"xxx\r\n");
}

TEST_CASE("Masking hides credentials of other schemes, and the value of each header field whose name means a secret") {
  check_hidden(request_with("Authorization: Bearer SECRET\r\nProxy-Authorization: Basic SECRET\r\n"));
  check_hidden(request_with("Authorization: Digest\r\nX-Access-Token: SECRET\r\nCookie: SECRET\r\nX-Api-Key: SECRET\r\n"));
  check_hidden(request_with("X-Subscription-Key: SECRET\r\nX-Passwd: SECRET\r\nX-Credentials: SECRET\r\nX-Caller-PIN: SECRET\r\nX-Auth: Bearer SECRET\r\n"));
  check_hidden(request_with("X-Pwd: SECRET\r\nX-Sip-Pass: SECRET\r\nX-Passphrase: SECRET\r\nX-JWT: SECRET\r\nX-Login-OTP: SECRET\r\n"));
  check_hidden(request_with("Pin: SECRET\r\nX_Access_Key: SECRET\r\nX-Api-Key-2: SECRET\r\nX-Signature: SECRET\r\nOTP: SECRET\r\nX-Sig: SECRET\r\n"));
  check_unchanged(request_with("Accept-Language: en\r\nX-Passenger: 7\r\nX-Keyboard: de\r\nX-Pinning: on\r\nMonkey: a\r\nBypass: b\r\n"));
  check_hidden(request_with("X-" + std::string(100, 'a') + "-Token: SECRET\r\n"));
}

TEST_CASE("Masking hides a token that stands in place of a scheme, and leaves the names of known schemes readable") {
  check_hidden(request_with("Authorization: SECRET\r\nProxy-Authorization: SECRET SECRET\r\nX-Auth: SECRET\r\nWWW-Authenticate: NTLM\r\n"));
  check_becomes("Authorization: abc.def/ghi+jkl==\r\n", "Authorization: xxxxxxxxxxxxxxxxx\r\n");
  check_becomes("Authorization: Digest,response=SECRET\r\n", "Authorization: xxxxxxxxxxxxxxxxxxxxxx\r\n");
}

TEST_CASE("Masking hides values of a form whose name means a secret, both on separate lines and between ampersands") {
  check_hidden(request_with("", "password=SECRET\r\nuser=6001\r\n"));
  check_hidden(request_with("", "user=1&pass=SECRET&a=b"));
  check_hidden(request_with("", "pin=SECRET\r\n"));
}

TEST_CASE("Masking hides the value of a URI's parameter or header whose name means a secret [RFC 3261 section 19.1.1]") {
  check_hidden(request_with("Contact: <sip:6001@192.0.2.1;pn-provider=fcm;pn-prid=SECRET;lr>\r\n"));
  check_hidden(request_with("Call-Info: <https://web.example/p?a=b&access_token=SECRET&c=d>;purpose=icon\r\n"));
  check_hidden("REFER sip:a@b SIP/2.0\r\nRefer-To: <sip:a@b?Replaces=c&Authorization=SECRET&Cookie=SECRET>\r\n\r\n");
  check_unchanged(request_with("Contact: <sip:6001@192.0.2.1;ob;tag=a?Replaces=b%3Bfrom-tag%3Dc&Subject=token>\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKtoken;rport\r\n"));
}

TEST_CASE("Masking treats an underscore in a name as a hyphen, and also hides the value of a name that is only one word, such as key or pin") {
  check_hidden(request_with("Call-Info: <https://a/?api_key=SECRET&b=c>, <https://a/?access_key=SECRET>, <https://a/?key=SECRET&sig=SECRET>\r\n"));
  check_hidden(request_with("Contact: <sip:a@b;pn-tok=SECRET;pin=SECRET;lr>\r\n"));
  check_unchanged(request_with("Contact: <sip:a@b;monkey=a;sigcomp-id=b;bypass=c>;key\r\n"));
}

TEST_CASE("Masking hides values of header field parameters after a URI, with quotes, and with blanks around the equals sign [RFC 3261 section 25.1]") {
  check_hidden(request_with("Contact: <sip:a@b>;x-access-token=\"SECRET\";expires=60, <sip:a@c>;q=1\r\n"));
  check_hidden(request_with("Contact: <sip:a@b>;pn-prid = SECRET;q=1\r\nX-A: b; token\r\n =\r\n \"SECRET SECRET\"; q=1\r\n"));
  check_hidden(request_with("X-A: token=SECRET;b=c\r\nSubject: token\r\n"));
  check_becomes("X-A: token=\"a\\\"b\";c=d\r\n", "X-A: token=\"xxxx\";c=d\r\n");
  check_becomes("X-A: token=\"a b\r\nX-B: c\r\n", "X-A: token=\"x x\r\nX-B: c\r\n");  // A quote that is never closed.
  check_unchanged(request_with("Contact: <sip:tgruu.token==abc@pbx.example;gr>;+sip.instance=\"<urn:uuid:1>\"\r\nSubject: token, = b\r\n"));
}

TEST_CASE("Masking hides the signature of an identity token, and leaves its claims and its address readable [RFC 8224 section 4]") {
  check_hidden(request_with("Identity: eyJhbGciOiJFUzI1NiJ9.eyJhdHQiOiJBIn0.SECRET;info=<https://cert.example.org/a.pem>;alg=ES256;ppt=\"shaken\"\r\n"));
  check_hidden(request_with("y: ..SECRET;info=<https://cert.example.org/a.pem>\r\n"));
  check_hidden(request_with("Identity: a.b.SECRET;info=<https://c.example/a>,c.d.SECRET;info=<https://c.example/a>\r\n"));
  check_hidden(request_with("Identity: SECRET\r\n"));
}

TEST_CASE("Masking hides the password of a URI wherever the URI is [RFC 3261 section 19.1.1]") {
  check_hidden(request_with("Contact: <sip:6001:SECRET@192.0.2.1:5060;transport=udp>\r\nFrom: \"A\" <SIPS:6001:SECRET@pbx.example>;tag=1\r\n"));
  check_hidden(request_with("m: sip:6001:SECRET@192.0.2.1\r\nCall-Info: <https://user:SECRET@web.example/p?a=b>\r\n"));
  check_hidden("REFER sip:6001:SECRET@192.0.2.1 SIP/2.0\r\n\r\n");
  check_hidden(request_with("", "<dialog entity=\"sip:6001:SECRET@pbx.example\"><uri>sip:a:SECRET@b</uri></dialog>"));
  check_becomes("Contact: <sip:6001:SEC@RET@192.0.2.1>\r\n", "Contact: <sip:6001:xxxxxxx@192.0.2.1>\r\n");
}

TEST_CASE("Masking does not change URIs without a password, ports and addresses") {
  check_unchanged(request_with("Contact: <sip:6001@192.0.2.1:5060;ob>\r\nRoute: <sip:192.0.2.9:5060;lr>,<sip:[2001:db8::1]:5060;lr>\r\nTo: <tel:+4930123456>\r\n"));
  check_unchanged(request_with("Supported: timer\r\nCall-ID: a:b@c\r\n", "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\na=rtpmap:0 PCMU/8000\r\na=candidate:1 1 UDP 1 192.0.2.1 5000 typ host\r\n"));
  check_unchanged("SIP/2.0 200 OK\r\nContent-Disposition: inline\r\nl: 0\r\n\r\n");
}

TEST_CASE("Masking hides the value of a URI's header whose name has escapes, because the unescaped name may mean a secret [RFC 3261 section 19.1.1]") {
  check_hidden(request_with("Refer-To: <sip:a@b?Authoriz%61tion=SECRET&Subject=c>\r\n"));
}

TEST_CASE("Masking hides each key of a=crypto, and leaves suite, lifetime and MKI readable [RFC 4568 section 9.2]") {
  check_hidden(request_with("", "m=audio 1 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET|2^20|1:4;inline:SECRET|2^20|2:4 UNENCRYPTED_SRTCP\r\n"
                                "a=crypto:2 AEAD_AES_128_GCM INLINE:SECRET\r\nA=CRYPTO:3 X inline:SECRET KDR=1\r\n"));
  check_hidden(request_with("", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline: SECRET FEC_ORDER=SRTP_FEC\r\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:\"SECRET\"\r\na=ice-pwd: SECRET\r\n"));
}

TEST_CASE("Masking hides the other keys of session descriptions: ICE, MIKEY, k=") {
  check_hidden(request_with("", "v=0\r\na=ice-ufrag:8hhY\r\na=ice-pwd:SECRET\r\na=sendrecv\r\n"));
  check_hidden(request_with("", "v=0\r\na=x-api-key:SECRET SECRET\r\na=sendrecv\r\n"));
  check_becomes("v=0\r\na=key-mgmt:mikey SECRET\r\na=key-mgmt: mikey SECRET\r\nb=AS:64\r\n", "v=0\r\na=key-mgmt:xxxxx xxxxxx\r\na=key-mgmt: xxxxx xxxxxx\r\nb=AS:64\r\n");
  check_becomes("v=0\r\nk=clear:SECRET\r\na=sendrecv\r\n", "v=0\r\nk=xxxxxxxxxxxx\r\na=sendrecv\r\n");
}

TEST_CASE("Masking hides pressed keys in bodies") {
  check_hidden(request_with("Content-Type: application/dtmf-relay\r\n", "Signal=SECRET\r\nDuration=160\r\n"));
  check_hidden(request_with("c : application/DTMF ;a=b\r\n", "SECRET"));
  check_hidden(request_with("Content-Type:\r\n application/dtmf\r\n", "SECRET\r\n\r\nSECRET"));
  check_hidden("INFO sip:a SIP/2.0\nContent-Type: application/vnd.nortelnetworks.digits\n\nSECRET\nSECRET");
  check_hidden(request_with("Content-Type: application/kpml-response+xml\r\n", "SECRET SECRET"));
  check_becomes(request_with("Content-Type: audio/telephone-event\r\n", std::string("\x05\x8a\0\xa0", 4)), request_with("Content-Type: audio/telephone-event\r\n", "xxxx"));
  check_unchanged(request_with("Content-Type: text/plain\r\n", "5\r\n\r\n6"));
}

TEST_CASE("Masking hides pressed keys in other places: after blanks, in a body without names, in a body of another type, in a header field, in postd") {
  check_hidden(request_with("Content-Type: application/dtmf-relay\r\n", " Signal = SECRET\r\n\tDuration=160\r\nSECRET\r\n"));
  check_hidden(request_with("Content-Type: application/x-dtmf-digits\r\n", "SECRET"));
  check_hidden(request_with("Content-Type: application/dtmf\r\nContent-Type: text/plain\r\n", "SECRET\r\nSECRET"));
  check_becomes("c: application/dtmf\r\n\r\n--5\r\n6", "c: application/dtmf\r\n\r\nxxx\r\nx");
  check_hidden(request_with("X-DTMF-Digits: SECRET\r\n"));
  check_becomes("Refer-To: <sip:+4930123;postd=p12@pbx.example>\r\n", "Refer-To: <sip:+4930123;postd=xxxxxxxxxxxxxxx>\r\n");
  check_becomes(request_with("Content-Type: audio/telephone-event\r\n", "\x05\x8a=="), request_with("Content-Type: audio/telephone-event\r\n", "xxxx"));
}

TEST_CASE("Masking hides pressed keys in one part of a multipart body, and leaves the other parts readable") {
  check_hidden(request_with("Content-Type: multipart/mixed;boundary=b\r\n", "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b\r\nContent-Type: application/dtmf\r\n\r\nSECRET\r\n--b\r\n"
                                                                            "Content-Type: text/plain\r\n\r\n2\r\n--b--\r\n"));
}

TEST_CASE("Masking hides the credentials of a SIP message that is in the body") {
  check_hidden(request_with("Content-Type: message/sip\r\n", "REGISTER sip:a SIP/2.0\r\nAuthorization: Digest response=\"SECRET\"\r\n\r\n"));
}

TEST_CASE("Masking accepts any octets") {
  CHECK(masked("").empty());
  CHECK(masked("Authorization:") == "Authorization:");
  CHECK(masked("Authorization: Digest response=") == "Authorization: Digest response=");
  CHECK(masked("sip:") == "sip:");
  CHECK(masked("inline:") == "inline:");
  const std::string every_octet = [] {
    std::string text;
    for (int i = 0; i < 256; ++i) text += static_cast<char>(i);
    return text;
  }();
  CHECK(masked(every_octet) == every_octet);
}

TEST_CASE("Masking takes time in proportion to the size of a text, and does not change a text that is already masked") {
  // A quadratic search would need minutes for each of these texts of a mebibyte, and the runner would end the test.
  for (const std::string_view part : {"sip:", "inline:", "ice-pwd:", "://", "Authorization:\r", "Identity: a.", "a=key-mgmt:", "\"", "sip:a:", "@", "y:\n ", "k=\r", ":@", ";", "?token=", "&-key=", "inline: ", "c:\n", "c:application/dtmf\n\n", "c:\n ", "a", ";token=\"", "token=\"\"", "pin \n =", "="}) {
    std::string text;
    while (text.size() < 1U << 20U) text += part;
    mask_secrets(text);
    std::string again = text;
    mask_secrets(again);
    CAPTURE(part);
    CHECK((again == text));
  }
}

TEST_CASE("call_id_of() finds the Call-ID by its long or compact name, and only in the header of the message") {
  CHECK(call_id_of(request_with("Call-ID:  a84b4c76e66710@pc33 \r\n")) == "a84b4c76e66710@pc33");
  CHECK(call_id_of(request_with("I : a\r\n")) == "a");
  CHECK(call_id_of(request_with("", "Call-ID: b\r\n")).empty());
  CHECK(call_id_of("").empty());
}
