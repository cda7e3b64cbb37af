#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// INVITEs with one wrong element. Each element of kTemplate in turn gets each value of anomalies(). Each run makes the same
/// messages. PROTOS c07-sip uses this method with other elements and anomalies.
namespace offhook::malformed {

/// A whole INVITE. `{name=value}` marks an element and its usual value. {length} gets the right value, unless {length} itself is
/// the wrong element.
inline constexpr std::string_view kTemplate =
    "{method=INVITE}{space= }{scheme=sip}:{user=bot}@{host=127.0.0.1}:{port=5060};{uri param=transport=udp}{space 2= }{version=SIP/2.0}\r\n"
    "Via:{via lws= }{via protocol=SIP/2.0}/{via transport=@TRANSPORT@} {via host=127.0.0.1}:{via port=9};branch={branch=z9hG4bK@NUMBER@}{via param=;ttl=1};rport\r\n"
    "{name=Max-Forwards}{colon=:} {max forwards=70}\r\n"
    "From: \"{display=Ada}\" <{from scheme=sip}:{from user=ada}@{from host=127.0.0.1}{from param=;x=y}>;tag={from tag=t@NUMBER@}\r\n"
    "To: {to display=Bot} {to open=<}sip:bot@127.0.0.1{to close=>}{to param=;a=b}\r\n"
    "Call-ID: {call id=m@NUMBER@}\r\n"
    "CSeq: {cseq=1} {cseq method=INVITE}\r\n"
    "Contact: {contact=<sip:ada@127.0.0.1:9>}{contact param=;q=1}\r\n"
    "Route: {route=<sip:127.0.0.1;lr>}\r\n"
    "Record-Route: {record route=<sip:127.0.0.1;lr>}\r\n"
    "Expires: {expires=60}\r\n"
    "Allow: {allow=INVITE, ACK}\r\n"
    "Supported: {supported=timer}\r\n"
    "Session-Expires: {session expires=1800;refresher=uac}\r\n"
    "User-Agent: {agent=x}\r\n"
    "Authorization: {authorization=Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"0\"}\r\n"
    "P-Asserted-Identity: {asserted=<sip:boss@127.0.0.1>}\r\n"
    "Subject:{subject= s}\r\n"
    "{unknown name=X-Unknown}: {unknown=1}\r\n"
    "Content-Type: {type=application}/{subtype=sdp}\r\n"
    "Content-Length: {length=@LENGTH@}\r\n"
    "\r\n"
    "v={sdp version=0}\r\no={sdp user=-} {sdp id=1} 1 IN IP4 {sdp origin=127.0.0.1}\r\ns={sdp name=-}\r\nc=IN {sdp family=IP4} {sdp host=127.0.0.1}\r\n"
    "t={sdp time=0 0}\r\nm={sdp media=audio} {sdp port=4000} {sdp protocol=RTP/AVP} {sdp format=0}\r\na={sdp attribute=rtpmap:0 PCMU/8000}\r\n";

struct Element {
  std::string name;
  std::size_t begin = 0, size = 0;  ///< position in the text of take_apart()
};

/// Returns the wrong values that an element can get.
inline std::vector<std::string> anomalies() {
  std::vector<std::string> all;
  const auto repeated = [](std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += part;
    return text;
  };
  for (const std::size_t power : {3U, 5U, 6U, 7U, 8U, 9U, 10U, 12U, 14U}) {  // Lengths around common buffer sizes.
    for (const std::size_t size : {(std::size_t{1} << power) - 1, std::size_t{1} << power, (std::size_t{1} << power) + 1})
      all.push_back(std::string(size, 'a'));
  }
  all.push_back(std::string(60000, 'a'));
  all.push_back(std::string(65536, 'a'));
  for (const char* part : {"%s", "%n", "%x%s%n%99999d", "%", "%0", "%00", "%zz", "<", ">", "\"", "\\", "(", "[", "]", "[::", "@", ":", ";", ";;",
                           ",", ",,", "=", "/", "//", "?", "&", "#", "{}", "|", "`$(x)`", "'", "..", "../", "\t", " ", "~", "*", "+"})
    all.emplace_back(part);
  for (const char* part : {"<", "\"", "\\\"", "(", "((", "[", ";a", ";a=b", ",<sip:a@b>", "%41", "sip:", "a@", "::", "a."})
    all.push_back(repeated(part, 300));  // Deep nesting and long lists.
  for (const char* number : {"-1", "0", "00", "+5", "1e9", "0x10", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296",
                             "4294967328", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616",
                             "-2147483648", "-9223372036854775809", "99999999999999999999999999999999999999999", "1 2", "1.5"})
    all.emplace_back(number);
  all.emplace_back();
  all.emplace_back("\0", 1);
  all.emplace_back("a\0b", 3);
  for (const char* octets : {"\x01", "\x7F", "\x80", "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x80\xAE", "\xC3\xA4", "\x1B[2J",
                             "\r", "\n", "\r\n", "\r\n\r\n", "\r\nX: y", "\r\n folded", "\r\nContent-Length: 0\r\n\r\n", "\r\nVia: SIP/2.0/UDP h"})
    all.emplace_back(octets);
  std::string octets;
  for (int i = 0x80; i < 0x100; ++i) octets.push_back(static_cast<char>(i));
  all.push_back(octets);
  return all;
}

/// Returns the template without its marks, and the positions of the elements.
inline std::pair<std::string, std::vector<Element>> take_apart() {
  std::string text;
  std::vector<Element> elements;
  for (std::string_view rest = kTemplate; !rest.empty();) {
    const auto open = rest.find('{');
    text += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto equals = rest.find('=', open), close = rest.find('}', equals);
    const auto value = rest.substr(equals + 1, close - equals - 1);
    elements.push_back({std::string(rest.substr(open + 1, equals - open - 1)), text.size(), value.size()});
    text += value;
    rest.remove_prefix(close + 1);
  }
  return {text, elements};
}

inline void fill_in(std::string& text, std::string_view mark, const std::string& value) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) text.replace(at, mark.size(), value);
}

/// Calls `use(name, message)` for each `step`th message. Returns the number of messages.
inline std::size_t for_each(std::string_view transport, const std::function<void(const std::string&, std::string)>& use, std::size_t step = 1) {
  const auto [text, elements] = take_apart();
  const auto all = anomalies();
  std::size_t number = 0;
  for (const Element& element : elements) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (++number % step != 0) continue;
      std::string message = text;
      message.replace(element.begin, element.size, all[i]);
      fill_in(message, "@TRANSPORT@", std::string(transport));
      fill_in(message, "@NUMBER@", std::to_string(number));
      const auto body = message.rfind("\r\n\r\nv=");
      fill_in(message, "@LENGTH@", std::to_string(body == std::string::npos ? 0 : message.size() - body - 4));
      use(element.name + " #" + std::to_string(i), std::move(message));
    }
  }
  return number;
}

}  // namespace offhook::malformed
