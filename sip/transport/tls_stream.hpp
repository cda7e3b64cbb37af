#pragma once

#include <offhook/sip/transport/byte_stream.hpp>
#include <offhook/sip/transport/tls_context.hpp>

namespace offhook::inline v0::sip::detail {

/// TLS over a connected socket. `ssl` as TlsContext made it for that socket's descriptor: client or server is settled by that.
[[nodiscard]] std::unique_ptr<ByteStream> make_tls_stream(boost::asio::ip::tcp::socket socket, SslPtr ssl);

}  // namespace offhook::inline v0::sip::detail
