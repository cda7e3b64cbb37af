#include <offhook/agent/tools/mcp/servers.hpp>

#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/tools/mcp/server_source.hpp>
#include <offhook/agent/tools/mcp/stdio_wire.hpp>
#include <offhook/base/random.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <exception>
#include <map>
#include <thread>

namespace offhook::inline v0::agent::tools::mcp {

namespace asio = boost::asio;

namespace {
constexpr base::Duration kLongestEnd = std::chrono::seconds(6);  // Longest wait for the end of all servers: to end a process takes up to four seconds.

Authorizer::Edge authorizer_edge() {
  Authorizer::Edge edge;
  edge.now = [] { return base::Clock::now(); };
  edge.unix_seconds = [] {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  edge.unique = [] { return base::SystemRandom().token(); };
  return edge;
}
}

class Servers::Impl {
 public:
  Impl(std::vector<ServerOptions> options, const Server::Watch& watch, const net::ProxyRules& proxies)
      : edges_(net::make_thread_edges(io_, proxies)), work_(io_.get_executor()) {
    for (ServerOptions& one : options) add(std::move(one), watch);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    asio::post(io_, [this] { shut_down(); });
    thread_.join();
    for (auto& [label, host] : hosts_) host->server.reset();  // Destroy the servers before the sockets that they use.
  }

  [[nodiscard]] std::shared_ptr<ToolRequestQueue> queue(std::string_view label) const {
    const auto at = hosts_.find(label);
    return at == hosts_.end() ? nullptr : at->second->queue;
  }

 private:
  struct Host {
    explicit Host(asio::io_context& io) : timer(io) {}
    std::shared_ptr<ToolRequestQueue> queue = std::make_shared<ToolRequestQueue>();
    asio::steady_timer timer;
    std::optional<base::TimePoint> set_for;
    std::unique_ptr<Authorizer> authorizer;  // null: the server needs none; must outlive the wires
    std::unique_ptr<Server> server;
  };

  void add(ServerOptions options, const Server::Watch& watch) {
    auto& host = hosts_[options.label];
    if (host) return;
    host = std::make_unique<Host>(io_);
    Host* const at = host.get();
    Server::Edge edge;
    edge.make_wire = [this, at, where = options.at, ca_file = options.ca_file](WireHandler handler) {
      return make_wire(*at, where, ca_file, std::move(handler));
    };
    edge.now = [] { return base::Clock::now(); };
    edge.changed = [this, at] { set_timer(*at); };
    at->server = std::make_unique<Server>(std::move(options), std::move(edge), at->queue, watch);
    at->queue->open([this, at] {
      asio::post(io_, [at] { if (at->server) at->server->on_orders(base::Clock::now()); });
    });
    asio::post(io_, [at] { at->server->begin(base::Clock::now()); });
  }

  [[nodiscard]] base::Result<std::unique_ptr<Wire>, base::Error> make_wire(
      Host& host, const std::variant<CommandLine, HttpWireOptions>& where, const std::string& ca_file, WireHandler handler) {
    if (const auto* http = std::get_if<HttpWireOptions>(&where)) {
      if (auto fault = net::fault_of_url(http->url, http->plain_http)) return base::fail(base::Error{"mcp", 0, std::move(*fault)});
      net::HttpClient& client = net::client_for(*edges_, http->url, ca_file);
      if (http->oauth && !host.authorizer)
        host.authorizer = std::make_unique<Authorizer>(*http->oauth, http->url, edges_->http(ca_file), authorizer_edge());
      return std::make_unique<HttpWire>(*http, client, std::move(handler), host.authorizer.get());
    }
    return StdioWire::start(io_, std::get<CommandLine>(where), std::move(handler)).map([](std::unique_ptr<StdioWire> wire) -> std::unique_ptr<Wire> {
      return wire;
    });
  }

  void set_timer(Host& host) {
    const auto next = host.server ? host.server->next_deadline() : std::nullopt;
    if (next == host.set_for) return;
    host.set_for = next;
    host.timer.cancel();
    if (!next) return;
    host.timer.expires_at(*next);
    host.timer.async_wait([this, &host](const boost::system::error_code& error) {
      if (error || !host.server) return;
      host.set_for.reset();
      host.server->on_time(base::Clock::now());
      set_timer(host);
    });
  }

  void shut_down() {
    end_.expires_after(kLongestEnd);
    end_.async_wait([this](const boost::system::error_code& error) {
      if (!error) io_.stop();  // The servers that have not ended yet are destroyed after this.
    });
    if (hosts_.empty()) return io_.stop();
    for (auto& [label, host] : hosts_) {
      host->timer.cancel();
      host->server->shut_down([this] {
        if (++gone_ == hosts_.size()) io_.stop();
      });
    }
  }

  asio::io_context io_;
  std::unique_ptr<net::Edges> edges_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  asio::steady_timer end_{io_};
  std::map<std::string, std::unique_ptr<Host>, std::less<>> hosts_;
  std::size_t gone_ = 0;
  std::thread thread_;
};

base::Result<std::unique_ptr<Servers>, base::Error> Servers::start(std::vector<ServerOptions> options, const Server::Watch& watch, const net::ProxyRules& proxies) {
  try {  // Asio and std::thread throw when the system refuses a resource.
    return std::unique_ptr<Servers>(new Servers(std::make_unique<Impl>(std::move(options), watch, proxies)));
  } catch (const std::exception& error) {
    return base::fail(base::Error{"mcp", 1, std::string("cannot start the servers of tools: ") + error.what()});
  }
}

Servers::Servers(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Servers::~Servers() = default;

std::unique_ptr<ToolSource> Servers::source(std::string_view label) const {
  auto queue = impl_->queue(label);
  return queue ? std::make_unique<ServerSource>(std::move(queue)) : nullptr;
}

std::shared_ptr<const Catalog> Servers::catalog(std::string_view label) const {
  const auto queue = impl_->queue(label);
  return queue ? queue->catalog() : nullptr;
}

}  // namespace offhook::inline v0::agent::tools::mcp
