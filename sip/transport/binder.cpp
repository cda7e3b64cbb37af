#include <offhook/sip/transport/binder.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

using boost::system::error_code;

namespace {

// A port that the system chooses for UDP may be in use on TCP, by connections of other programs.
constexpr int kPortTries = 16;

/// Returns true if the socket of `one` must not accept IPv4 peers: its address is not ::, or another listener takes them on the same
/// transport and port.
bool leaves_v4_alone(const Listener& one, const std::vector<Listener>& all) {
  if (!one.address.is_unspecified()) return true;
  return std::any_of(all.begin(), all.end(), [&](const Listener& other) {
    return other.address.is_v4() && other.transport == one.transport && other.port == one.port;
  });
}

}  // namespace

std::vector<Listener> listeners_of(const EdgeOptions& options) {
  if (!options.listeners.empty()) return options.listeners;
  std::vector<Listener> both{{Transport::Udp, options.bind, options.port}};
  if (options.tcp) both.push_back({Transport::Tcp, options.bind, options.port});
  return both;
}

error_code Binder::open(const std::vector<Listener>& wanted, Listeners& into) {
  const bool free_choice = std::any_of(wanted.begin(), wanted.end(), [](const Listener& one) { return one.port == 0; });
  error_code error;
  for (int tries = free_choice ? kPortTries : 1; tries > 0; --tries) {
    close();
    into.clear();
    error = open_all(wanted, into);
    if (!error) return error;
  }
  close();
  into.clear();
  return error;
}

error_code Binder::open_all(const std::vector<Listener>& wanted, Listeners& into) {
  for (const Listener& one : wanted) {
    if (const error_code error = open_one(one, leaves_v4_alone(one, wanted), into)) return error;
  }
  return {};
}

error_code Binder::open_one(const Listener& wanted, bool v6_only, Listeners& into) {
  base::SocketAddress local{wanted.address, wanted.port};
  const bool both_families = local.ip.is_v6() && !v6_only;
  if (wanted.transport == Transport::Udp) {
    auto socket = std::make_unique<UdpSocket>(io_, counters_, FlowId{udp_.size() + 1});
    if (const error_code error = socket->open(local, v6_only)) return error;
    into.add({Transport::Udp, socket->local(), socket->id(), both_families});
    udp_.push_back(std::move(socket));
    return {};
  }
  if (wanted.transport == Transport::Tcp && local.port == 0) {
    const auto twin = std::find_if(udp_.begin(), udp_.end(), [&](const auto& udp) { return udp->local().ip == local.ip; });
    if (twin != udp_.end()) local.port = (*twin)->local().port;
  }
  auto acceptor = std::make_unique<Acceptor>(io_, wanted.transport, accepted_);
  if (const error_code error = acceptor->open(local, v6_only)) return error;
  into.add({wanted.transport, acceptor->local(), {}, both_families});
  acceptors_.push_back(std::move(acceptor));
  return {};
}

void Binder::close() {
  for (const auto& acceptor : acceptors_) acceptor->close();
  acceptors_.clear();
  udp_.clear();
}

}  // namespace offhook::inline v0::sip::detail
