#include <offhook/sip/stack/call_events.hpp>

#include <offhook/sip/stack/leg.hpp>
#include <offhook/sip/stack/outside.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace offhook::inline v0::sip {

void add_reason(const std::string& trouble, session::Actions& actions) {
  for (session::Action& action : actions) {
    auto* emit = std::get_if<session::Emit>(&action);
    auto* ended = emit != nullptr ? std::get_if<CallEnded>(&emit->event) : nullptr;
    if (ended != nullptr && ended->reason.empty()) ended->reason = trouble;
  }
}

void add_carried(const AccountTable& accounts, const CallTable::Leg& leg, const Message& message, session::Actions& actions) {
  HeaderFields headers;
  for (session::Action& action : actions) {
    auto* emit = std::get_if<session::Emit>(&action);
    if (emit == nullptr) continue;
    if (headers.empty()) headers = carried_fields(message);
    std::visit(
        [&](auto& event) {
          if constexpr (requires { event.headers; }) event.headers = headers;
          if constexpr (std::is_same_v<std::decay_t<decltype(event)>, OfferReceived>) event.transport = leg.way ? leg.way->transport : Transport::Udp;
          if constexpr (requires { event.asserted; }) {
            if (leg.way) event.asserted = asserted_of(accounts, leg.account, message, *leg.way);
          }
        },
        emit->event);
  }
}

std::optional<PeerChanged> learn_peer(const AccountTable& accounts, CallTable::Leg& leg, const Message& request, const Flow& flow) {
  Dialog* dialog = leg.over ? nullptr : leg.session->dialog_of(request);
  if (dialog == nullptr) return std::nullopt;
  PeerChanged changed{leg.id, party_of(request.from()), asserted_of(accounts, leg.account, request, flow)};
  const auto before = parse_name_addr(dialog->remote());
  const bool renamed =
      !before || !equivalent(before->uri, request.from().uri) || before->display_text() != changed.from.display;
  const bool reasserted = changed.asserted && changed.asserted != leg.asserted;
  dialog->rename_remote(request);
  if (reasserted) leg.asserted = changed.asserted;
  if (!renamed && !reasserted) return std::nullopt;
  changed.headers = carried_fields(request);
  return changed;
}

}  // namespace offhook::inline v0::sip
