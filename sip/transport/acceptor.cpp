#include <offhook/sip/transport/acceptor.hpp>

#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/ip/v6_only.hpp>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr auto kPause = std::chrono::milliseconds(100);  // after a failed accept, usually because no descriptor is left
}

error_code Acceptor::open(const base::SocketAddress& local, bool v6_only) {
  error_code error;
  const auto endpoint = to_asio<tcp>(local);
  acceptor_.open(endpoint.protocol(), error);
  if (!error && local.ip.is_v6()) acceptor_.set_option(asio::ip::v6_only(v6_only), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

void Acceptor::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

base::SocketAddress Acceptor::local() const {
  error_code ignored;
  return to_ours(acceptor_.local_endpoint(ignored));
}

void Acceptor::accept_next() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      accepted_(std::move(socket), transport_);
      return accept_next();
    }
    pause_.expires_after(kPause);  // An immediate retry would fail again.
    pause_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept_next();
    });
  });
}

}  // namespace offhook::inline v0::sip::detail
