#include <offhook/agent/net/detail/proxy_tunnel.hpp>

#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::net::detail {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

class Tunnel : public std::enable_shared_from_this<Tunnel> {
 public:
  using Done = std::function<void(std::optional<NetError>)>;

  Tunnel(SecureSocket& socket, const Proxy& proxy, std::string target, Done done)
      : socket_(socket), proxy_(proxy), target_(std::move(target)), done_(std::move(done)) {}

  void open() {
    const std::string credentials = proxy_.authorization();
    request_ = "CONNECT " + target_ + " HTTP/1.1\r\nHost: " + target_ + "\r\nUser-Agent: Offhook\r\n" +
               (credentials.empty() ? "" : "Proxy-Authorization: " + credentials + "\r\n") + "\r\n";
    asio::async_write(socket_, asio::buffer(request_), [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return self->fail_io(error);
      self->read();
    });
  }

 private:
  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(answer_, kMaxProxyAnswer), "\r\n\r\n", [self = shared_from_this()](const error_code& error, std::size_t head) {
      if (error == asio::error::not_found) return self->fail(NetError::What::TooLarge, "answered with a head of more than " + std::to_string(kMaxProxyAnswer) + " octets");
      if (error) return self->fail_io(error);
      self->take(head);
    });
  }

  void take(std::size_t head) {
    http::response_parser<http::empty_body> parser;
    parser.header_limit(kMaxProxyAnswer);
    parser.skip(true);
    error_code error;
    parser.put(asio::buffer(std::string_view(answer_).substr(0, head)), error);
    if (error || !parser.is_header_done()) return fail(NetError::What::Protocol, "does not speak HTTP");
    const int status = static_cast<int>(parser.get().result_int());
    if (status < 200 || status > 299) return done_(refusal_of(proxy_, target_, status));
    // The server behind the proxy sends nothing before it receives a request.
    if (answer_.size() > head) return fail(NetError::What::Protocol, "sent data after its answer");
    done_(std::nullopt);
  }

  void fail(NetError::What what, const std::string& how) { done_(NetError{what, "the proxy " + proxy_.shown() + " " + how}); }
  void fail_io(const error_code& error) { fail(NetError::What::Closed, "closed the connection before its answer was complete (" + error.message() + ")"); }

  SecureSocket& socket_;
  const Proxy proxy_;
  const std::string target_;
  const Done done_;
  std::string request_, answer_;
};

}  // namespace

void open_tunnel(SecureSocket& socket, const Proxy& proxy, const std::string& target, std::function<void(std::optional<NetError>)> done) {
  std::make_shared<Tunnel>(socket, proxy, target, std::move(done))->open();
}

}  // namespace offhook::inline v0::agent::net::detail
