#include <offhook/sip/transport/carriers.hpp>

#include <offhook/sip/locate/services.hpp>
#include <offhook/sip/transport/binder.hpp>
#include <offhook/sip/transport/tls_stream.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::detail {

using boost::asio::ip::tcp;

Carriers::Carriers(EdgeCounters& counters) : counters_(counters) {}
Carriers::~Carriers() = default;

base::Result<void, EdgeError> Carriers::open(const EdgeOptions& options) {
  if (options.tls) {
    auto made = TlsContext::make(*options.tls);
    if (!made) return base::fail(made.error());
    tls_ = std::move(*made);
  }
  const auto wanted = listeners_of(options);
  const bool secured = std::any_of(wanted.begin(), wanted.end(), [](const Listener& one) { return locate::is_secure(one.transport); });
  if (secured && !(tls_ && tls_->has_certificate())) return base::fail(EdgeError::BadCertificate);
  return {};
}

bool Carriers::offers(Transport transport) const {
  switch (transport) {
    case Transport::Udp:
    case Transport::Tcp: return true;
    case Transport::Tls: return tls_ != nullptr;
    case Transport::Ws:
    case Transport::Wss: return false;
  }
  return false;
}

std::unique_ptr<ByteStream> Carriers::carry(tcp::socket socket, const Flow& flow, Side side) {
  switch (flow.transport) {
    case Transport::Tcp: return make_tcp_stream(std::move(socket));
    case Transport::Tls: return secured(std::move(socket), flow, side);
    case Transport::Udp:
    case Transport::Ws:
    case Transport::Wss: return nullptr;
  }
  return nullptr;
}

std::unique_ptr<ByteStream> Carriers::secured(tcp::socket socket, const Flow& flow, Side side) {
  if (!tls_) return nullptr;
  const int fd = socket.native_handle();
  SslPtr ssl = side == Side::Client ? tls_->connect(fd, flow.name) : tls_->accept(fd);
  if (!ssl) return nullptr;
  if (side == Side::Client && !tls_->verifies()) ++counters_.unverified;
  return make_tls_stream(std::move(socket), std::move(ssl));
}

}  // namespace offhook::inline v0::sip::detail
