#pragma once

#include <offhook/sip/transport/byte_stream.hpp>
#include <offhook/sip/transport/tls_context.hpp>

namespace offhook::inline v0::sip::detail {

/// Makes TLS over a connected socket. TlsContext must have made `ssl` for that socket's descriptor. `ssl` also decides whether we
/// are client or server.
[[nodiscard]] std::unique_ptr<ByteStream> make_tls_stream(boost::asio::ip::tcp::socket socket, SslPtr ssl);

}  // namespace offhook::inline v0::sip::detail
