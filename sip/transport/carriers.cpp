#include <offhook/sip/transport/carriers.hpp>

#include <offhook/sip/locate/services.hpp>
#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/transport/binder.hpp>
#include <offhook/sip/transport/tls_stream.hpp>
#include <offhook/sip/transport/upgrade_rules.hpp>
#include <offhook/sip/transport/web_socket_stream.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

using boost::asio::ip::tcp;

namespace {

bool is_usable(const WebSocketOptions& options) {
  return WebSocketOptions::is_path(options.path) && options.origins.size() <= WebSocketOptions::kMaxOrigins &&
         options.silence > base::Duration::zero() && (!options.pages || options.pages->is_usable());
}

}  // namespace

Carriers::Carriers(EdgeCounters& counters) : counters_(counters) {}
Carriers::~Carriers() = default;

base::Result<void, EdgeError> Carriers::open(const EdgeOptions& options) {
  if (options.tls) {
    auto made = TlsContext::make(*options.tls);
    if (!made) return base::fail(made.error());
    tls_ = std::move(*made);
  }
  const auto wanted = listeners_of(options);
  message_time_ = options.message_time;
  web_socket_ = options.web_socket;
  const bool served = std::any_of(wanted.begin(), wanted.end(), [](const Listener& one) { return is_web_socket(one.transport); });
  if (web_socket_ ? !is_usable(*web_socket_) : served) return base::fail(EdgeError::BadWebSocket);
  const bool secured = std::any_of(wanted.begin(), wanted.end(), [](const Listener& one) { return locate::is_secure(one.transport); });
  if (secured && !(tls_ && tls_->has_certificate())) return base::fail(EdgeError::BadCertificate);
  return {};
}

bool Carriers::offers(Transport transport) const {
  switch (transport) {
    case Transport::Udp:
    case Transport::Tcp: return true;
    case Transport::Tls: return tls_ != nullptr;
    case Transport::Ws: return web_socket_.has_value();
    case Transport::Wss: return web_socket_ && tls_ != nullptr;
  }
  return false;
}

std::unique_ptr<ByteStream> Carriers::carry(tcp::socket socket, const Flow& flow, Side side) {
  switch (flow.transport) {
    case Transport::Tcp: return make_tcp_stream(std::move(socket));
    case Transport::Tls: return secured(std::move(socket), flow, side);
    case Transport::Ws:
    case Transport::Wss: return web_socket(std::move(socket), flow, side);
    case Transport::Udp: return nullptr;
  }
  return nullptr;
}

std::unique_ptr<ByteStream> Carriers::secured(tcp::socket socket, const Flow& flow, Side side) {
  if (!tls_) return nullptr;
  const int fd = socket.native_handle();
  const auto names = is_web_socket(flow.transport) ? TlsContext::Names::Web : TlsContext::Names::Sip;
  SslPtr ssl = side == Side::Client ? tls_->connect(fd, flow.name, names) : tls_->accept(fd);
  if (!ssl) return nullptr;
  if (side == Side::Client && !tls_->verifies()) ++counters_.unverified;
  return make_tls_stream(std::move(socket), std::move(ssl));
}

std::unique_ptr<ByteStream> Carriers::web_socket(tcp::socket socket, const Flow& flow, Side side) {
  if (!web_socket_ || (side == Side::Client && flow.name.empty())) return nullptr;
  const bool secure = flow.transport == Transport::Wss;
  auto executor = socket.get_executor();
  auto carrier = secure ? secured(std::move(socket), flow, side) : make_tcp_stream(std::move(socket));
  if (!carrier) return nullptr;
  WebSocketSetup setup{side, *web_socket_, {}, message_time_, [this] { ++counters_.slow_senders; }, closing_};
  if (side == Side::Client) setup.host = host_field(flow.name, flow.remote.port, secure);
  return make_web_socket_stream(std::move(executor), std::move(carrier), std::move(setup));
}

}  // namespace offhook::inline v0::sip::detail
