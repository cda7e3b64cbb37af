#include <offhook/agent/demo/free_port.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

namespace offhook::inline v0::agent::demo {

std::uint16_t free_udp_port() {
  boost::asio::io_context io;
  boost::asio::ip::udp::socket socket(io);
  boost::system::error_code error;
  socket.open(boost::asio::ip::udp::v4(), error);
  if (!error) socket.bind({boost::asio::ip::address_v4::loopback(), 0}, error);
  if (error) return 0;
  const auto endpoint = socket.local_endpoint(error);
  return error ? std::uint16_t{0} : endpoint.port();
}

}  // namespace offhook::inline v0::agent::demo
