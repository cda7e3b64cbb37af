#pragma once

#include <string>

namespace offhook::flood {

/// Returns a request. `id` determines its branch, Call-ID and tag. An empty `to_tag` makes a request outside a dialog.
inline std::string request(const std::string& method, const std::string& id, int cseq, const std::string& to_tag, const std::string& branch) {
  const bool invite = method == "INVITE";
  const std::string body = invite ? "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n" : "";
  return method + " sip:bot@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=z9hG4bK" + id + branch +
         "\r\nMax-Forwards: 70\r\nFrom: <sip:caller@127.0.0.1>;tag=f" + id + "\r\nTo: <sip:bot@127.0.0.1>" +
         (to_tag.empty() ? "" : ";tag=" + to_tag) + "\r\nCall-ID: " + id + "\r\nCSeq: " + std::to_string(cseq) + " " +
         (method == "ACK" ? "ACK" : method) + "\r\nContact: <sip:caller@127.0.0.1:9>\r\n" + (invite ? "Content-Type: application/sdp\r\n" : "") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::string to_tag(const std::string& answer) {
  const auto to = answer.find("\r\nTo: "), tag = answer.find(";tag=", to);
  return to == std::string::npos || tag == std::string::npos ? "" : answer.substr(tag + 5, answer.find_first_of(";\r", tag + 5) - tag - 5);
}

}  // namespace offhook::flood
