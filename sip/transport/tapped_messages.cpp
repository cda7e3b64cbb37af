#include <offhook/sip/transport/tapped_messages.hpp>

#include <offhook/sip/message/framer.hpp>
#include <offhook/sip/model/transport_kinds.hpp>

namespace offhook::inline v0::sip::detail {

namespace {

base::Bytes octets_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string_view text_of(base::Bytes octets) { return {reinterpret_cast<const char*>(octets.data()), octets.size()}; }

}  // namespace

void TappedMessages::on_received(const Flow& flow, base::Bytes octets) const { pass(WireMessage::Direction::Received, flow, text_of(octets)); }

void TappedMessages::on_sent(const Flow& flow, std::string_view octets) const {
  if (!tap_) return;
  if (!is_byte_stream(flow.transport)) return pass(WireMessage::Direction::Sent, flow, octets);
  Framer framer;
  framer.receive(octets_of(octets));
  for (auto next = framer.next(); next != Framer::Next::None; next = framer.next()) {
    if (next == Framer::Next::Frame || next == Framer::Next::Error) pass(WireMessage::Direction::Sent, flow, text_of(framer.frame()));
  }
}

void TappedMessages::pass(WireMessage::Direction direction, const Flow& flow, std::string_view octets) const {
  if (!tap_) return;
  const bool is_keep_alive = octets.find_first_not_of("\r\n") == std::string_view::npos;
  if (!is_keep_alive) tap_({direction, std::chrono::system_clock::now(), flow, octets});
}

}  // namespace offhook::inline v0::sip::detail
