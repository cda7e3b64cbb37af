#pragma once

#include <doctest/doctest.h>
#include <offhook/base/random.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One stack on virtual time. The test is its peer: it reads and writes the SIP messages as text.
namespace offhook::sim {

using namespace std::chrono_literals;

inline base::SocketAddress address(std::string_view ip, std::uint16_t port) { return {*base::IpAddress::parse(ip), port}; }

/// Returns the value of the first header field with this name in its long form, or "" when it is absent.
inline std::string header(const std::string& message, const std::string& name) {
  std::size_t at = message.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  at += name.size() + 4;
  return message.substr(at, message.find("\r\n", at) - at);
}
inline std::vector<std::string> headers(const std::string& message, const std::string& name) {
  std::vector<std::string> values;
  for (std::size_t at = message.find("\r\n" + name + ": "); at != std::string::npos;
       at = message.find("\r\n" + name + ": ", at + 2)) {
    const std::size_t begin = at + name.size() + 4;
    values.push_back(message.substr(begin, message.find("\r\n", begin) - begin));
  }
  return values;
}
inline std::string body(const std::string& message) { return message.substr(message.find("\r\n\r\n") + 4); }
inline std::string start_line(const std::string& message) { return message.substr(0, message.find("\r\n")); }
inline std::string tag_of(const std::string& value) {
  const auto at = value.find(";tag=");
  return at == std::string::npos ? std::string() : value.substr(at + 5, value.find(';', at + 5) - at - 5);
}

using Fields = std::vector<std::pair<std::string, std::string>>;

inline const sip::Body kOffer{"application/sdp", "offer"}, kAnswer{"application/sdp", "answer"};

inline std::string message(const std::string& line, const Fields& fields, const std::string& content = {}) {
  std::string text = line + "\r\n";
  for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
  if (!content.empty()) text += "Content-Type: application/sdp\r\n";
  return text + "Content-Length: " + std::to_string(content.size()) + "\r\n\r\n" + content;
}

struct Sent {
  sip::Flow flow;
  std::string bytes;
};

class Scripted {
 public:
  enum class Admission { Open, AsOptionsSay };
  /// Switches the admission limiter off by default, because most tests send more requests per second than it admits. It has tests of its own.
  explicit Scripted(sip::StackOptions options = {}, std::uint64_t seed = 1, Admission admission = Admission::Open)
      : random(seed), stack(with_admission(std::move(options), admission), random) {}
  static sip::StackOptions with_admission(sip::StackOptions options, Admission admission) {
    options.admission.on = options.admission.on && admission == Admission::AsOptionsSay;
    return options;
  }

  base::SeededRandom random;
  sip::Stack stack;
  base::TimePoint now{1000s};
  const base::TimePoint begin = now;
  base::SocketAddress local = address("192.0.2.1", 5060);
  sip::Flow peer{{1}, sip::Transport::Udp, local, address("192.0.2.99", 5060)};
  std::map<std::string, std::vector<sip::Route>> names;  ///< host -> routes; literal addresses resolve without an entry
  bool answers_queries = true;
  std::deque<Sent> sent;
  std::deque<sip::Event> events;
  std::vector<sip::Query> queries;

  void receive(const std::string& text) { receive(text, peer); }
  void receive(const std::string& text, const sip::Flow& flow) {
    stack.receive(flow, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), now);
    drain();
  }
  /// Advances the time, and handles each deadline at its own time.
  void advance(base::Duration by) {
    const auto until = now + by;
    while (const auto due = stack.next_deadline()) {
      if (*due > until) break;
      if (*due > now) now = *due;
      stack.handle_timeout(now);
      drain();
      [[maybe_unused]] const auto next = stack.next_deadline();
      REQUIRE((!next || *next > now));
    }
    now = until;
  }
  void drain() {
    for (bool again = true; again;) {
      again = false;
      while (auto out = stack.poll_transmit()) sent.push_back({out->flow, std::move(out->bytes)});
      while (auto event = stack.poll_event()) events.push_back(std::move(*event));
      while (auto query = stack.poll_query()) {
        queries.push_back(*query);
        if (!answers_queries) continue;
        stack.on_answer(query->id, resolve(*query), now);
        again = true;
      }
    }
    REQUIRE(stack.is_consistent());
  }
  sip::QueryResult resolve(const sip::Query& query) const {
    const auto known = names.find(query.host);
    if (known != names.end()) return {known->second, known->second.empty() ? "no such name" : ""};
    const auto ip = base::IpAddress::parse(query.host);
    if (!ip) return {{}, "no such name"};
    const auto transport = query.transport.value_or(sip::Transport::Udp);
    if (query.secure && transport != sip::Transport::Ws) return {{route(sip::Transport::Tls, {*ip, query.port.value_or(5061)})}, ""};
    return {{route(query.secure ? sip::Transport::Wss : transport, {*ip, query.port.value_or(5060)})}, ""};
  }
  sip::Route route(sip::Transport transport, base::SocketAddress remote) const {
    return {transport, local, remote, sip::is_reliable(transport) ? sip::FlowId{} : sip::FlowId{1}};
  }

  /// Removes and returns the oldest message that was sent, or "" when there is none.
  std::string take() {
    if (sent.empty()) return {};
    std::string bytes = std::move(sent.front().bytes);
    last_flow = sent.front().flow;
    sent.pop_front();
    return bytes;
  }
  /// Removes and returns the next message whose start line begins with `starts_with`. Discards the messages before that message.
  std::string take(const std::string& starts_with) {
    while (!sent.empty()) {
      std::string bytes = take();
      if (bytes.starts_with(starts_with)) return bytes;
    }
    return {};
  }
  std::size_t count(const std::string& starts_with) const {
    std::size_t n = 0;
    for (const Sent& one : sent) n += one.bytes.starts_with(starts_with) ? 1 : 0;
    return n;
  }
  template <class E>
  std::optional<E> event() {
    while (!events.empty()) {
      sip::Event first = std::move(events.front());
      events.pop_front();
      if (auto* wanted = std::get_if<E>(&first)) return std::move(*wanted);
    }
    return std::nullopt;
  }
  sip::Flow last_flow;  ///< the flow of the message that take() returned last

  // --- the peer's messages -----------------------------------------------------------------------------------------------

  int branches = 0;
  std::string via() { return "SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKpeer" + std::to_string(++branches) + ";rport"; }

  std::string invite(const std::string& content = "offer", Fields extra = {}, const std::string& uri = "sip:bot@192.0.2.1") {
    Fields fields{{"Via", via()},
                  {"Max-Forwards", "70"},
                  {"From", "\"Al\" <sip:al@192.0.2.99>;tag=peer"},
                  {"To", "<" + uri + ">"},
                  {"Call-ID", "call-1"},
                  {"CSeq", "1 INVITE"},
                  {"Contact", "<sip:al@192.0.2.99>"}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    return message("INVITE " + uri + " SIP/2.0", fields, content);
  }
  /// Returns a request of the peer within the dialog that our response (or our request) created.
  std::string in_dialog(const std::string& method, int cseq, const std::string& our_tag, const std::string& content = {},
                        Fields extra = {}, const std::string& peer_tag = "peer") {
    Fields fields{{"Via", via()},
                  {"Max-Forwards", "70"},
                  {"From", "\"Al\" <sip:al@192.0.2.99>" + (peer_tag.empty() ? "" : ";tag=" + peer_tag)},
                  {"To", "<sip:bot@192.0.2.1>;tag=" + our_tag},
                  {"Call-ID", call_id},
                  {"CSeq", std::to_string(cseq) + " " + method}};
    if (method == "INVITE" || method == "UPDATE") fields.emplace_back("Contact", "<sip:al@192.0.2.99>");
    fields.insert(fields.end(), extra.begin(), extra.end());
    return message(method + " sip:bot@192.0.2.1 SIP/2.0", fields, content);
  }
  std::string call_id = "call-1";

  /// Returns a response of the peer to our request.
  static std::string response(const std::string& request, int status, const std::string& to_tag, const std::string& content = {},
                              Fields extra = {}) {
    Fields fields;
    for (const auto& value : headers(request, "Via")) fields.emplace_back("Via", value);
    fields.emplace_back("From", header(request, "From"));
    const std::string to = header(request, "To");
    fields.emplace_back("To", to + (to_tag.empty() || to.find(";tag=") != std::string::npos ? "" : ";tag=" + to_tag));
    fields.emplace_back("Call-ID", header(request, "Call-ID"));
    fields.emplace_back("CSeq", header(request, "CSeq"));
    fields.insert(fields.end(), extra.begin(), extra.end());
    return message("SIP/2.0 " + std::to_string(status) + " Phrase", fields, content);
  }
};

}  // namespace offhook::sim
