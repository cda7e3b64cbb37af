#include <offhook/sip/registration/contact_address.hpp>

#include <offhook/sip/model/host_port.hpp>
#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/registration/binding.hpp>

namespace offhook::inline v0::sip::registration {

void ContactAddress::on_route(Transport transport, const base::SocketAddress& local) {
  listens_ = local.port != 0 && own_end_ != local;
  if (listens_) own_end_.reset();
  const base::SocketAddress from = own_end_.value_or(local);
  if (transport != transport_ || local_ != from) learnt_.reset();  // The learnt address belonged to another local address.
  transport_ = transport;
  local_ = from;
}

void ContactAddress::on_connected(const base::SocketAddress& own_end) {
  if (listens_ || own_end.port == 0) return;
  own_end_ = own_end;
  local_ = own_end;
}

void ContactAddress::renew(std::string_view nowhere) {
  address_ = learnt_.value_or(*local_);
  uri_ = contact_uri(user_, nowhere.empty() ? host_port(*address_) : std::string(nowhere), transport_);
}

bool ContactAddress::learn(const Message& response) {
  if (!local_ || local_->port == 0 || is_web_socket(transport_)) return false;  // Not useful over WebSocket: RFC 7118 section 5.3.
  auto seen = learns_ ? observed_address(response.top_via(), local_->port) : std::nullopt;
  if (seen && seen->ip.is_v6() != local_->ip.is_v6()) seen.reset();
  if (!seen && listens_) return false;
  // Without a NAT, the registrar sees the port of our end of the connection, which is not our listening port.
  if (!seen || (listens_ && is_reliable(transport_) && seen->ip == local_->ip)) seen = local_;
  learnt_ = *seen == *local_ ? std::nullopt : seen;
  return *seen != address_;
}

void ContactAddress::forget_connection() {
  if (is_reliable(transport_)) reset();
}

void ContactAddress::reset() {
  learnt_.reset();
  own_end_.reset();
}

}  // namespace offhook::inline v0::sip::registration
