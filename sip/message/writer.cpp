#include <offhook/sip/message/writer.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::sip {

namespace {

void append_value(std::string& out, std::string_view value) {
  const auto begin = out.size();
  out.append(value);
  for (auto i = begin; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

/// A method or a header field's name: what is not a token's character cannot stand there at all.
void append_token(std::string& out, std::string_view token) {
  for (const char c : token) out.push_back(detail::is_token_char(c) ? c : '-');
}

/// A space in the Request-URI would end it.
void append_uri(std::string& out, std::string_view uri) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : uri) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet > 32 && octet != 127) out.push_back(c);
    else out += {'%', kHex[octet >> 4], kHex[octet & 15]};
  }
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  append_token(out, name);
  out += ": ";
  append_value(out, value);
  out += "\r\n";
}

/// The top Via as it goes back: rport and received hold what we saw, whatever the request claimed.
/// RFC 3261 section 18.2.1; RFC 3581 section 4: rport, when asked for, takes received with it.
std::string answered_via(const Via& via, std::string_view element, const base::SocketAddress& source) {
  std::string text(base::trim(element.substr(0, element.find(';'))));
  bool rport = false;
  auto rest = via.params.text();
  while (const auto param = Params::next(rest)) {
    if (base::iequals(param->name, "received")) continue;
    if (base::iequals(param->name, "rport")) {
      if (!rport) text.append(";rport=").append(std::to_string(source.port));
      rport = true;
      continue;
    }
    text.append(";").append(param->name);
    if (!param->value.empty()) text.append("=").append(param->value);
  }
  // Without brackets, as RFC 3261 section 25.1 has it: RFC 5118 section 4.5.
  if (rport || base::IpAddress::parse(via.host) != source.ip) text.append(";received=").append(source.ip.to_string());
  return text;
}

void append_vias(std::string& out, const Message& request, const base::SocketAddress& source) {
  bool top = true;
  for (const auto& header : request.headers()) {
    if (header.id != HeaderName::Via) continue;
    auto rest = header.value;
    if (const auto via = top ? take_via(rest) : base::Result<Via, ParseError>(base::fail(ParseError::Empty))) {
      const auto element = header.value.substr(0, header.value.size() - rest.size());
      append_line(out, "Via", answered_via(*via, element, source));
      if (!rest.empty()) append_line(out, "Via", rest);
    } else {
      append_line(out, "Via", header.value);  // Not the top one, or one that we refuse: as it came.
    }
    top = false;
  }
}

}  // namespace

Writer Writer::request(std::string_view method, std::string_view request_uri) {
  Writer writer;
  writer.text_.reserve(kUsualBytes);
  append_token(writer.text_, method);
  writer.text_ += ' ';
  append_uri(writer.text_, request_uri);
  writer.text_ += " SIP/2.0\r\n";
  return writer;
}

Writer Writer::response(const Message& request, int status, std::string_view reason, std::string_view to_tag,
                        const base::SocketAddress& source) {
  Writer writer;
  auto& out = writer.text_;
  out.reserve(kUsualBytes);
  out.append("SIP/2.0 ").append(std::to_string(status)).append(" ");
  append_value(out, reason);
  out += "\r\n";
  append_vias(out, request, source);
  const auto copy = [&](HeaderName name) { append_line(out, to_string(name), request.find(name).value_or("")); };
  copy(HeaderName::From);
  std::string to(request.find(HeaderName::To).value_or(""));
  if (!to_tag.empty() && !request.to().tag()) to.append(";tag=").append(to_tag);
  append_line(out, "To", to);
  copy(HeaderName::CallId);
  copy(HeaderName::CSeq);
  if (const auto timestamp = status == 100 ? request.find("Timestamp") : std::nullopt) append_line(out, "Timestamp", *timestamp);
  return writer;
}

Writer& Writer::header(HeaderName name, std::string_view value) { return header(to_string(name), value); }

Writer& Writer::header(std::string_view name, std::string_view value) {
  if (!name.empty()) append_line(text_, name, value);
  return *this;
}

Writer& Writer::header(HeaderName name, std::uint32_t value) { return header(name, std::to_string(value)); }

std::string Writer::finish(std::string_view content_type, std::string_view body) {
  if (!body.empty() && !content_type.empty()) append_line(text_, "Content-Type", content_type);
  append_line(text_, "Content-Length", std::to_string(body.size()));
  text_ += "\r\n";
  text_.append(body);
  return std::move(text_);
}

namespace {

struct Phrase {
  int status;
  std::string_view text;
};

// RFC 3261 section 21 and the registry's later entries, ascending.
constexpr std::array kPhrases = {
    Phrase{100, "Trying"}, Phrase{180, "Ringing"}, Phrase{181, "Call Is Being Forwarded"}, Phrase{182, "Queued"},
    Phrase{183, "Session Progress"}, Phrase{199, "Early Dialog Terminated"}, Phrase{200, "OK"}, Phrase{202, "Accepted"},
    Phrase{204, "No Notification"}, Phrase{300, "Multiple Choices"}, Phrase{301, "Moved Permanently"}, Phrase{302, "Moved Temporarily"},
    Phrase{305, "Use Proxy"}, Phrase{380, "Alternative Service"}, Phrase{400, "Bad Request"}, Phrase{401, "Unauthorized"},
    Phrase{402, "Payment Required"}, Phrase{403, "Forbidden"}, Phrase{404, "Not Found"}, Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"}, Phrase{407, "Proxy Authentication Required"}, Phrase{408, "Request Timeout"}, Phrase{410, "Gone"},
    Phrase{412, "Conditional Request Failed"}, Phrase{413, "Request Entity Too Large"}, Phrase{414, "Request-URI Too Long"},
    Phrase{415, "Unsupported Media Type"}, Phrase{416, "Unsupported URI Scheme"}, Phrase{417, "Unknown Resource-Priority"},
    Phrase{420, "Bad Extension"}, Phrase{421, "Extension Required"}, Phrase{422, "Session Interval Too Small"},
    Phrase{423, "Interval Too Brief"}, Phrase{424, "Bad Location Information"}, Phrase{425, "Bad Alert Message"},
    Phrase{428, "Use Identity Header"}, Phrase{429, "Provide Referrer Identity"}, Phrase{430, "Flow Failed"},
    Phrase{433, "Anonymity Disallowed"}, Phrase{436, "Bad Identity-Info"}, Phrase{437, "Unsupported Certificate"},
    Phrase{438, "Invalid Identity Header"}, Phrase{439, "First Hop Lacks Outbound Support"}, Phrase{440, "Max-Breadth Exceeded"},
    Phrase{469, "Bad Info Package"}, Phrase{470, "Consent Needed"}, Phrase{480, "Temporarily Unavailable"},
    Phrase{481, "Call/Transaction Does Not Exist"}, Phrase{482, "Loop Detected"}, Phrase{483, "Too Many Hops"},
    Phrase{484, "Address Incomplete"}, Phrase{485, "Ambiguous"}, Phrase{486, "Busy Here"}, Phrase{487, "Request Terminated"},
    Phrase{488, "Not Acceptable Here"}, Phrase{489, "Bad Event"}, Phrase{491, "Request Pending"}, Phrase{493, "Undecipherable"},
    Phrase{494, "Security Agreement Required"}, Phrase{500, "Server Internal Error"}, Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"}, Phrase{503, "Service Unavailable"}, Phrase{504, "Server Time-out"}, Phrase{505, "Version Not Supported"},
    Phrase{513, "Message Too Large"}, Phrase{555, "Push Notification Service Not Supported"}, Phrase{580, "Precondition Failure"},
    Phrase{600, "Busy Everywhere"}, Phrase{603, "Decline"}, Phrase{604, "Does Not Exist Anywhere"}, Phrase{606, "Not Acceptable"},
    Phrase{607, "Unwanted"}, Phrase{608, "Rejected"}};
static_assert(std::is_sorted(kPhrases.begin(), kPhrases.end(),
                             [](const Phrase& a, const Phrase& b) { return a.status < b.status; }));

}  // namespace

std::string_view reason_phrase(int status) {
  const auto found =
      std::lower_bound(kPhrases.begin(), kPhrases.end(), status, [](const Phrase& p, int s) { return p.status < s; });
  return found != kPhrases.end() && found->status == status ? found->text : "";
}

}  // namespace offhook::inline v0::sip
