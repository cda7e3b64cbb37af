#include <offhook/sip/message/writer.hpp>

#include <offhook/base/block.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/message/detail/grammar.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace offhook::inline v0::sip {

namespace {

/// Characters that would end a line or a C string, so that a receiver could read two values instead of one.
constexpr auto kBreaks = [](auto block) { return block.equal('\r') | block.equal('\n') | block.equal('\0'); };

void append_value(std::string& out, std::string_view value) {
  for (;;) {
    const auto clean = base::find_first(value, kBreaks);
    out.append(value.substr(0, clean));
    if (clean == value.size()) return;
    out += ' ';
    value.remove_prefix(clean + 1);
  }
}

/// Appends a method or a header field's name. Replaces each character that a token must not contain with `-`.
void append_token(std::string& out, std::string_view token) {
  const auto begin = out.size();
  out.append(token);
  if (detail::is_token(token)) return;
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), [](char c) { return !detail::is_token_char(c); }, '-');
}

/// Appends a Request-URI. Escapes spaces and control characters, because a space would end it.
void append_uri(std::string& out, std::string_view uri) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (;;) {
    const auto clean = base::find_first(uri, [](auto block) { return block.below('!') | block.equal('\x7F'); });
    out.append(uri.substr(0, clean));
    if (clean == uri.size()) return;
    const auto octet = static_cast<unsigned char>(uri[clean]);
    out += {'%', kHex[octet >> 4], kHex[octet & 15]};
    uri.remove_prefix(clean + 1);
  }
}

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out.append(digits, end);
}

/// Appends an address, IPv6 without brackets, as RFC 3261 section 25.1 defines `received`: RFC 5118 section 4.5.
void append_address(std::string& out, const base::IpAddress& ip) {
  if (ip.is_v6()) {
    out += ip.to_string();
    return;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    if (i != 0) out += '.';
    append_number(out, ip.octets()[i]);
  }
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  append_token(out, name);
  out += ": ";
  append_value(out, value);
  out += "\r\n";
}

void append_line(std::string& out, HeaderName name, std::string_view value) {
  out.append(to_string(name)).append(": ");
  append_value(out, value);
  out += "\r\n";
}

/// Appends the top Via of a response. rport and received hold the address that we saw, even if the request claims another one:
/// RFC 3261 section 18.2.1. If the request asks for rport, received is added too: RFC 3581 section 4.
void append_answered_via(std::string& out, const Via& via, std::string_view element, const base::SocketAddress& source) {
  out += "Via: ";
  append_value(out, detail::trim(element.substr(0, base::find_first(element, ';'))));
  bool rport = false;
  auto rest = via.params.text();
  while (const auto param = Params::next(rest)) {
    if (base::iequals(param->name, "received")) continue;
    if (base::iequals(param->name, "rport")) {
      if (!rport) append_number(out += ";rport=", source.port);
      rport = true;
      continue;
    }
    append_value(out += ';', param->name);
    if (!param->value.empty()) append_value(out += '=', param->value);
  }
  if (rport || base::IpAddress::parse(via.host) != source.ip) append_address(out += ";received=", source.ip);
  out += "\r\n";
}

void append_vias(std::string& out, const Message& request, const base::SocketAddress& source) {
  auto lines = request.lines(HeaderName::Via);
  const auto top = lines.next();
  if (!top) return;
  auto rest = *top;
  if (const auto via = take_via(rest)) {
    append_answered_via(out, *via, top->substr(0, top->size() - rest.size()), source);
    if (!rest.empty()) append_line(out, HeaderName::Via, rest);
  } else {
    append_line(out, HeaderName::Via, *top);  // A Via that cannot be parsed is copied unchanged.
  }
  while (const auto below = lines.next()) append_line(out, HeaderName::Via, *below);
}

}  // namespace

Writer::Writer(std::string reuse) : text_(std::move(reuse)) {
  text_.clear();
  text_.reserve(kUsualBytes);
}

Writer Writer::request(std::string_view method, std::string_view request_uri, std::string reuse) {
  Writer writer(std::move(reuse));
  append_token(writer.text_, method);
  writer.text_ += ' ';
  append_uri(writer.text_, request_uri);
  writer.text_ += " SIP/2.0\r\n";
  return writer;
}

Writer Writer::response(const Message& request, int status, std::string_view reason, std::string_view to_tag,
                        const base::SocketAddress& source, std::string reuse) {
  Writer writer(std::move(reuse));
  auto& out = writer.text_;
  append_number(out += "SIP/2.0 ", static_cast<std::size_t>(status));
  append_value(out += ' ', reason);
  out += "\r\n";
  append_vias(out, request, source);
  const auto copy = [&](HeaderName name) { append_line(out, name, request.find(name).value_or("")); };
  copy(HeaderName::From);
  append_value(out += "To: ", request.find(HeaderName::To).value_or(""));
  if (!to_tag.empty() && !request.to().tag()) append_value(out += ";tag=", to_tag);
  out += "\r\n";
  copy(HeaderName::CallId);
  copy(HeaderName::CSeq);
  if (const auto timestamp = status == 100 ? request.find("Timestamp") : std::nullopt) append_line(out, "Timestamp", *timestamp);
  return writer;
}

Writer& Writer::header(HeaderName name, std::string_view value) {
  if (name != HeaderName::Other) append_line(text_, name, value);
  return *this;
}

Writer& Writer::header(std::string_view name, std::string_view value) {
  if (!name.empty()) append_line(text_, name, value);
  return *this;
}

Writer& Writer::header(HeaderName name, std::uint32_t value) {
  if (name == HeaderName::Other) return *this;
  append_number(text_.append(to_string(name)).append(": "), value);
  text_ += "\r\n";
  return *this;
}

std::string Writer::finish(std::string_view content_type, std::string_view body) {
  if (!body.empty() && !content_type.empty()) append_line(text_, HeaderName::ContentType, content_type);
  header(HeaderName::ContentLength, static_cast<std::uint32_t>(body.size()));
  text_ += "\r\n";
  text_.append(body);
  return std::move(text_);
}

namespace {

struct Phrase {
  int status;
  std::string_view text;
};

// RFC 3261 section 21 and later entries of the registry, ascending.
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
