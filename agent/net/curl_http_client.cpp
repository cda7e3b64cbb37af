#include <offhook/agent/net/curl_http_client.hpp>

#include <offhook/agent/net/detail/curl_transfer.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::net {

namespace asio = boost::asio;
using boost::system::error_code;

/// Connects libcurl with Asio: libcurl requests sockets and a time to wait for, and Asio waits for them. Handlers are called after libcurl has
/// returned. Therefore they may start, abort and destroy transfers.
class CurlHttpClient::Core : public std::enable_shared_from_this<CurlHttpClient::Core> {
 public:
  Core(asio::io_context& io, CurlOptions options) : io_(io), timer_(io), options_(std::move(options)) {
    if (!options_.hosts) options_.hosts = std::make_shared<HostLookup>(io);
    detail::start_curl();
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &Core::on_socket_wish);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &Core::on_timer_wish);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(kMaxKeptConnections));
  }

  std::shared_ptr<detail::CurlTransfer> start(HttpRequest request, HttpHandler handler) {
    auto transfer = std::make_shared<detail::CurlTransfer>(std::move(request), std::move(handler), options_);
    note_asked(transfer->root());
    if (transfers_.size() >= kMaxTransfers) transfer->refuse({NetError::What::Local, "too many requests run at once"});
    if (transfer->ended()) {
      deliver_later(transfer);
      return transfer;
    }
    transfers_.emplace(transfer->easy(), transfer);
    const auto known = transfer->host().empty() ? HostAddresses{} : options_.hosts->known(transfer->host());
    if (known) {
      begin(transfer, *known, {});
    } else {
      look_up(transfer);
    }
    return transfer;
  }

  void abort(detail::CurlTransfer& transfer) {
    transfer.abandon();
    forget(transfer);
  }

  void warm(const std::string& url) {
    const std::string root = detail::root_of(url).text();
    const auto known = asked_.find(root);
    if (root.empty() || closed_ || (known != asked_.end() && base::Clock::now() - known->second < kWarmFor)) return;
    HttpRequest request;
    request.method = "HEAD";
    request.url = root + "/";
    request.total_limit = std::chrono::seconds(10);
    (void)start(std::move(request), {});
  }

  void close() {
    closed_ = true;
    timer_.cancel();
    for (const auto& [easy, transfer] : std::exchange(transfers_, {})) {
      transfer->abandon();
      curl_multi_remove_handle(multi_, easy);
      transfer->free();
    }
    curl_multi_cleanup(multi_);  // Closes the kept connections, and with them the watched sockets.
    for (auto& [socket, watch] : sockets_) watch->descriptor.release();
    sockets_.clear();
  }

 private:
  struct Watch {
    explicit Watch(asio::io_context& io) : descriptor(io) {}
    asio::posix::stream_descriptor descriptor;
    int wanted = 0;                           // CURL_POLL_IN, _OUT, or both
    bool reading = false, writing = false;    // true while this wait runs
  };

  static int on_socket_wish(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<Core*>(self)->watch(socket, what);
    return 0;
  }
  static int on_timer_wish(CURLM*, long timeout_ms, void* self) {
    static_cast<Core*>(self)->set_timer(timeout_ms);
    return 0;
  }

  void look_up(const std::shared_ptr<detail::CurlTransfer>& transfer) {
    const auto on_found = [core = weak_from_this(), transfer, begun = base::Clock::now()](const HostAddresses& found) {
      const auto self = core.lock();
      if (!self || !self->transfers_.contains(transfer->easy())) return;  // The transfer has been aborted meanwhile.
      if (!found.addresses.empty()) return self->begin(transfer, found, base::Clock::now() - begun);
      self->refuse(transfer, transfer->not_found(found.trouble));
    };
    options_.hosts->find(transfer->host(), transfer->connect_limit(), on_found);
  }
  void begin(const std::shared_ptr<detail::CurlTransfer>& transfer, const HostAddresses& found, base::Duration passed) {
    if (!transfer->may_connect(found.addresses)) return refuse(transfer, transfer->outside_local_network());
    if (!found.addresses.empty()) transfer->set_addresses(found.addresses, passed);
    transfer->report_to(&news_);
    if (curl_multi_add_handle(multi_, transfer->easy()) != CURLM_OK) refuse(transfer, {NetError::What::Local, "libcurl refuses the request"});
  }
  void refuse(const std::shared_ptr<detail::CurlTransfer>& transfer, NetError error) {
    forget(*transfer);
    transfer->refuse(std::move(error));
    deliver_later(transfer);
  }
  void deliver_later(const std::shared_ptr<detail::CurlTransfer>& transfer) {
    asio::post(io_, [core = weak_from_this(), transfer] {
      if (core.lock()) transfer->deliver();
    });
  }

  void note_asked(const std::string& root) {
    if (asked_.size() >= kMaxKeptConnections && !asked_.contains(root)) asked_.clear();
    asked_[root] = base::Clock::now();
  }

  void set_timer(long timeout_ms) {
    timer_.cancel();
    if (timeout_ms < 0 || closed_) return;
    timer_.expires_after(std::chrono::milliseconds(timeout_ms));
    timer_.async_wait([core = weak_from_this()](const error_code& error) {
      const auto self = core.lock();
      if (!error && self && !self->closed_) self->drive(CURL_SOCKET_TIMEOUT, 0);
    });
  }

  void watch(curl_socket_t socket, int what) {
    const auto known = sockets_.find(socket);
    if (what == CURL_POLL_REMOVE) {
      if (known == sockets_.end()) return;
      known->second->descriptor.release();  // libcurl closes it.
      sockets_.erase(known);
      return;
    }
    auto& watch = sockets_[socket];
    if (!watch) {
      watch = std::make_shared<Watch>(io_);
      error_code ignored;
      watch->descriptor.assign(socket, ignored);
    }
    watch->wanted = what;
    wait(socket, watch);
  }

  void wait(curl_socket_t socket, const std::shared_ptr<Watch>& watch) {
    using Descriptor = asio::posix::stream_descriptor;
    if ((watch->wanted & CURL_POLL_IN) != 0 && !std::exchange(watch->reading, true))
      wait_for(socket, watch, Descriptor::wait_read, CURL_CSELECT_IN, &Watch::reading);
    if ((watch->wanted & CURL_POLL_OUT) != 0 && !std::exchange(watch->writing, true))
      wait_for(socket, watch, Descriptor::wait_write, CURL_CSELECT_OUT, &Watch::writing);
  }

  void wait_for(curl_socket_t socket, const std::shared_ptr<Watch>& watch, asio::posix::descriptor_base::wait_type type, int mask,
                bool Watch::* running) {
    watch->descriptor.async_wait(type, [core = weak_from_this(), socket, watch, mask, running](const error_code& error) {
      (*watch).*running = false;
      const auto self = core.lock();
      if (error == asio::error::operation_aborted || !self || self->closed_) return;
      const auto is_watched = [&] {
        const auto known = self->sockets_.find(socket);
        return known != self->sockets_.end() && known->second == watch;
      };
      const int wish = mask == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
      if (!is_watched() || (watch->wanted & wish) == 0) return;
      self->drive(socket, error ? CURL_CSELECT_ERR : mask);
      if (!self->closed_ && is_watched()) self->wait(socket, watch);
    });
  }

  void drive(curl_socket_t socket, int mask) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, mask, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto known = transfers_.find(message->easy_handle);
      if (known == transfers_.end()) continue;
      const auto transfer = known->second;
      transfer->end(message->data.result);  // libcurl frees `message` when its handle is removed.
      forget(*transfer);
    }
    const auto keep = shared_from_this();  // A handler may destroy the client.
    for (const auto& transfer : std::exchange(news_, {})) transfer->deliver();
  }

  void forget(detail::CurlTransfer& transfer) {
    const auto known = transfers_.find(transfer.easy());
    if (known == transfers_.end()) return;
    const auto held = known->second;
    transfers_.erase(known);
    curl_multi_remove_handle(multi_, held->easy());
    held->free();
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  CurlOptions options_;
  CURLM* multi_ = nullptr;
  bool closed_ = false;
  std::map<CURL*, std::shared_ptr<detail::CurlTransfer>> transfers_;
  std::vector<std::shared_ptr<detail::CurlTransfer>> news_;  // transfers with handlers to call
  std::map<curl_socket_t, std::shared_ptr<Watch>> sockets_;
  std::map<std::string, base::TimePoint> asked_;  // the time of the last request to each server
};

namespace {

/// The object that the application holds. The transfer runs as long as this object and the client exist.
template <class Core>
class Held final : public HttpTransfer {
 public:
  Held(std::weak_ptr<Core> core, std::shared_ptr<detail::CurlTransfer> transfer)
      : core_(std::move(core)), transfer_(std::move(transfer)) {}
  ~Held() override {
    if (const auto core = core_.lock()) {
      core->abort(*transfer_);
    } else {
      transfer_->abandon();
    }
  }

 private:
  std::weak_ptr<Core> core_;
  std::shared_ptr<detail::CurlTransfer> transfer_;
};

}  // namespace

CurlHttpClient::CurlHttpClient(asio::io_context& io, CurlOptions options)
    : core_(std::make_shared<Core>(io, std::move(options))) {}
CurlHttpClient::~CurlHttpClient() { core_->close(); }

std::unique_ptr<HttpTransfer> CurlHttpClient::start(HttpRequest request, HttpHandler handler) {
  return std::make_unique<Held<Core>>(core_, core_->start(std::move(request), std::move(handler)));
}

void CurlHttpClient::warm(const std::string& url) { core_->warm(url); }
void CurlHttpClient::send_off(HttpRequest request) { (void)core_->start(std::move(request), {}); }

}  // namespace offhook::inline v0::agent::net
