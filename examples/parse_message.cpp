// Prints the parts of a SIP message that arrived in one datagram:     parse_message <message.sip
#include <offhook/sip/message/parser.hpp>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

namespace sip = offhook::sip;

static void show(const char* name, std::string_view value) {
  std::printf("%-14s%.*s\n", name, static_cast<int>(value.size()), value.data());
}

int main() {
  const std::string datagram((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());

  // A message borrows from its slab. When the message is destroyed, the slab returns to the pool. After a start phase, reception allocates nothing.
  sip::SlabPool pool;
  const auto message = sip::parse_message(pool.copy({reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size()}));
  if (!message) {
    const sip::Refusal& refusal = message.error();  // It contains the parts that could be parsed. They allow a response to the message.
    std::printf("refused: %s, response status %d\n", std::string(to_string(refusal.error)).c_str(), refusal.answerable ? refusal.status : 0);
    return 1;
  }

  if (message->is_request()) {
    show("request", message->method_text());
    show("request URI", message->request_uri());
  } else {
    show("response", std::to_string(message->status()) + " " + std::string(message->reason()));
  }
  // Each parsed message has these five header fields. Therefore these functions return no error.
  show("from", message->from().uri.text);
  show("to", message->to().uri.text);
  show("call-id", message->call_id());
  show("cseq", std::to_string(message->cseq().number));
  show("branch", message->top_via().branch());

  // All other header fields are parsed only when they are requested. They may be missing or invalid.
  auto vias = message->vias();
  while (const sip::Via* via = vias.next()) show("via", via->host);
  if (const auto wrong = vias.error()) show("invalid via", to_string(*wrong));
  if (const auto contact = message->contact()) show("contact", contact->uri.text);
  if (const auto agent = message->find("User-Agent")) show("user agent", *agent);
  show("body", message->content_type());
}
