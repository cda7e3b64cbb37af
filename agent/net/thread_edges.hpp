#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/net/proxy.hpp>

#include <memory>

namespace boost::asio {
class io_context;
}

namespace offhook::inline v0::agent::net {

/// Makes the Edges of a thread: libcurl and Beast on its io_context, with these proxies. If a CA file cannot be read, its client fails each
/// connection with that reason. This is rare, because the check of the configuration has read the file at the start of the agent.
[[nodiscard]] std::unique_ptr<Edges> make_thread_edges(boost::asio::io_context& io, const ProxyRules& proxies);

}  // namespace offhook::inline v0::agent::net
