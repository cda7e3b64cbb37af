// The input is a datagram and also a framed message. The target parses it, calls every accessor, answers it, and writes and parses it
// again. Checks that the second message equals the first one.
#include "require.hpp"

#include <offhook/sip/message/header_fields.hpp>
#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/message/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook::sip;
using offhook::fuzz::require;

namespace {

template <class Value>
std::size_t count(Values<Value> values) {
  std::size_t count = 0;
  while (values.next() != nullptr) ++count;
  require(values.error() || values.next() == nullptr);
  return count;
}

void read_typed(const Message& message) {
  require(count(message.vias()) <= kMaxVias && count(message.contacts()) <= kMaxContacts);
  require(count(message.routes()) <= kMaxRoutes && count(message.record_routes()) <= kMaxRoutes);
  (void)message.contact();
  (void)message.content_type();
  (void)message.max_forwards();
  (void)message.session_expires();
  if (const auto authorization = message.authorization()) require(!authorization->scheme.empty());
}

void read_everything(const Message& message) {
  for (const auto& header : message.headers()) {
    require(!header.name.empty());
    require(header.value.find_first_of("\r\n") == std::string_view::npos);
    require(message.find(header.name).has_value());
    require(parse_header_name(header.name) == header.id);
    if (header.id == HeaderName::Other) continue;
    require(message.has(header.id) && message.find(header.id).has_value());
    (void)message.lists(header.id, "timer");
    (void)message.number(header.id);
    const auto values = message.name_addrs(header.id, kMaxRoutes);
    if (!values) continue;
    require(values->size() <= kMaxRoutes);
    for (const auto& value : *values) {
      (void)value.display_text();
      (void)value.tag();
      if (!value.wildcard) require(equivalent(value.uri, value.uri));
    }
  }
  require(message.headers().size() <= kMaxHeaders);
  read_typed(message);
}

void check_parsed(const Message& message) {
  require(message.is_request() != message.is_response());
  require(!message.call_id().empty() && !message.top_via().host.empty() && !message.method_text().empty());
  require(message.cseq().method_text == message.method_text());
  require(message.is_request() || (message.status() >= 100 && message.status() <= 699));
}

offhook::base::Result<Message, Refusal> parse_text(const std::string& text) {
  return parse_message(Slab::exact({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
}

/// Checks that the parser accepts Offhook's response to any parsed message.
void answer(const Message& message) {
  const offhook::base::SocketAddress source{offhook::base::IpAddress::v4({192, 0, 2, 1}), 5060};
  const auto text = Writer::response(message, 200, "OK", "tag", source).finish();
  // The response adds parameters. Their number may then exceed the parser's limit.
  const auto many = [](std::string_view params) { return std::count(params.begin(), params.end(), ';') > 60; };
  if (text.size() > kMaxMessageBytes || many(message.top_via().params.text()) || many(message.to().params.text())) return;
  const auto response = parse_text(text);
  require(response.has_value());
  require(response->status() == 200 && response->to().tag().has_value() && response->cseq().number == message.cseq().number);
}

bool same(const NameAddr& a, const NameAddr& b) {
  return a.display == b.display && a.uri.text == b.uri.text && a.params.text() == b.params.text();
}

/// Writes the message and parses it again. Checks that each field has the same name and value, and that the typed fields are equal.
void copy(const Message& message) {
  auto writer = Writer::request(message.method_text(), message.request_uri());
  for (const auto& header : message.headers()) {
    if (header.id != HeaderName::ContentLength) writer.header(header.name, header.value);
  }
  const auto text = writer.finish({}, message.body());
  const auto again = parse_text(text);
  if (text.size() > kMaxMessageBytes || message.headers().size() == kMaxHeaders)
    return;  // The writer adds Content-Length, which may exceed the limit.
  require(again.has_value());
  for (const auto& header : message.headers()) {
    if (header.value.find('\0') != std::string_view::npos) return;  // The writer refuses this quoted pair.
  }
  require(again->body() == message.body() && again->request_uri() == message.request_uri());
  require(again->method() == message.method() && again->cseq().number == message.cseq().number);
  require(same(again->from(), message.from()) && same(again->to(), message.to()));
  require(again->top_via().host == message.top_via().host && again->top_via().branch() == message.top_via().branch());
  require(count(again->contacts()) == count(message.contacts()) && count(again->vias()) == count(message.vias()));
  auto theirs = again->headers().begin();
  for (const auto& header : message.headers()) {
    if (header.id == HeaderName::ContentLength) continue;
    const auto copied = *theirs++;
    require(copied.id == header.id && copied.name == header.name && copied.value == header.value);
  }
}

/// Checks that a copy of the header fields equals those of the message.
void keep_fields(const Message& message) {
  const HeaderFields kept(message, [](HeaderName) { return true; });
  auto copied = kept.begin();
  for (const auto& header : message.headers()) {
    require(copied != kept.end() && (*copied).first == header.name && (*copied).second == header.value);
    require(kept.find(header.name) == message.find(header.name));
    ++copied;
  }
  require(copied == kept.end());
}

/// Checks that the index parser alone accepts every message that the whole parser accepts, with the same result.
void compare_index(const std::uint8_t* data, std::size_t size, Framing framing, const Message& whole) {
  const auto index = index_message(Slab::exact({data, size}), framing);
  require(index.has_value() && index->headers().size() == whole.headers().size() && index->body() == whole.body());
  require(index->status() == whole.status() && index->request_uri() == whole.request_uri());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto framing : {Framing::Datagram, Framing::Stream}) {
    const auto result = parse_message(Slab::exact({data, size}), framing);
    if (!result) {
      const auto& refusal = result.error();
      require(refusal.status >= 400 && refusal.status <= 599);
      read_everything(refusal.message);
      if (refusal.answerable) {
        const auto text = Writer::response(refusal.message, refusal.status, reason_phrase(refusal.status), "tag", {}).finish();
        require(text.starts_with("SIP/2.0 "));
      }
      continue;
    }
    read_everything(*result);
    check_parsed(*result);
    keep_fields(*result);
    compare_index(data, size, framing, *result);
    if (result->is_request()) {
      answer(*result);
      copy(*result);
    }
  }
  return 0;
}
