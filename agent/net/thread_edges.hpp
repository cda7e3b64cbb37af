#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>

#include <memory>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent::net {

/// Edges of libcurl and Beast on a thread's io_context, which go by these proxies. A file of authorities that cannot be read makes a client that fails each
/// connection and says why: the configuration was checked, so that it was there when the agent started.
[[nodiscard]] std::unique_ptr<Edges> make_thread_edges(boost::asio::io_context& io, const ProxyRules& proxies);

}  // namespace offhook::inline v0::agent::net
