#include <offhook/sip/transport/dns_client.hpp>

#include <offhook/sip/transport/dns_answer.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <ares.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>
#include <unordered_map>
#include <utility>

namespace offhook::inline v0::sip::detail {

namespace asio = boost::asio;
using boost::system::error_code;
using locate::Answer;
using locate::RecordType;

namespace {

constexpr int kInternetClass = 1;

int type_number(RecordType type) {
  switch (type) {
    case RecordType::A: return 1;
    case RecordType::Aaaa: return 28;
    case RecordType::Srv: return 33;
    case RecordType::Naptr: return 35;
  }
  return 0;
}

Answer::Kind kind_of(int status) {
  switch (status) {
    case ARES_SUCCESS: return Answer::Kind::Found;
    case ARES_ENODATA: return Answer::Kind::NoData;
    case ARES_ENOTFOUND: return Answer::Kind::NoName;
    case ARES_ETIMEOUT:
    // No server responds.
    case ARES_ECONNREFUSED: return Answer::Kind::Timeout;
    default: return Answer::Kind::Failed;
  }
}

/// Returns the reason as a DNS status word, or in the words of c-ares.
std::string trouble_of(int status) {
  switch (status) {
    case ARES_SUCCESS:
    case ARES_ENODATA:
    case ARES_ENOTFOUND: return {};
    case ARES_ETIMEOUT: return "timeout";
    case ARES_EFORMERR: return "FORMERR";
    case ARES_ESERVFAIL: return "SERVFAIL";
    case ARES_ENOTIMP: return "NOTIMP";
    case ARES_EREFUSED: return "REFUSED";
    // After the last server, c-ares does not distinguish these cases.
    case ARES_ECONNREFUSED: return "each name server is out of reach, or says SERVFAIL, NOTIMP or REFUSED";
    default: return ares_strerror(status);
  }
}

Answer failed(std::string trouble) { return {Answer::Kind::Failed, {}, std::move(trouble)}; }

}  // namespace

/// One set of name servers and their sockets. c-ares selects the sockets to watch, and the io_context watches them.
class DnsClient::Channel {
 public:
  Channel(asio::io_context& io, const DnsOptions& options) : io_(io), timer_(io) {
    ares_options settings{};
    settings.timeout = static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(options.attempt).count());
    settings.tries = options.attempts;
    settings.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
      static_cast<Channel*>(self)->watch(socket, readable != 0, writable != 0);
    };
    settings.sock_state_cb_data = this;
    constexpr int kSet = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel_, &settings, kSet) != ARES_SUCCESS) channel_ = nullptr;
    std::string servers;
    for (const base::SocketAddress& server : options.servers) servers += (servers.empty() ? "" : ",") + server.to_string();
    if (channel_ != nullptr && !servers.empty()) ares_set_servers_ports_csv(channel_, servers.c_str());
  }
  ~Channel() {
    closed_ = true;
    // This calls on_answer for each pending question, which then does nothing.
    if (channel_ != nullptr) ares_destroy(channel_);
    for (auto& [socket, watched] : watched_) watched->descriptor.release();
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] std::size_t under_way() const { return under_way_; }

  void ask(const locate::Question& question, Done done) {
    if (channel_ == nullptr || under_way_ >= kMaxQuestions) {
      const char* why = channel_ == nullptr ? "no name server can be asked" : "too many questions at a time";
      // Do not call `done` from within ask().
      asio::post(io_, [done = std::move(done), why] { done(failed(why)); });
      return;
    }
    ++under_way_;
    auto* asked = new Asked{this, question, std::move(done)};  // c-ares hands it back exactly once.
    const bool address = question.type == RecordType::A || question.type == RecordType::Aaaa;
    // The system's search list is for hosts, not for services.
    const auto way = address ? ares_search : ares_query;
    way(channel_, question.name.c_str(), kInternetClass, type_number(question.type), &Channel::on_answer, asked);
    arm();
  }

  std::vector<base::IpAddress> known(const std::string& host) {
    std::vector<base::IpAddress> all;
    for (const int family : {AF_INET, AF_INET6}) {
      hostent* entry = nullptr;
      if (channel_ == nullptr || ares_gethostbyname_file(channel_, host.c_str(), family, &entry) != ARES_SUCCESS) continue;
      for (char** address = entry->h_addr_list; *address != nullptr; ++address) {
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), *address, family == AF_INET ? 4 : 16);
        all.push_back(family == AF_INET ? base::IpAddress::v4({octets[0], octets[1], octets[2], octets[3]})
                                        : base::IpAddress::v6(octets));
      }
      ares_free_hostent(entry);
    }
    return all;
  }

 private:
  struct Asked {
    Channel* channel;
    locate::Question question;
    Done done;
  };
  struct Watched {
    explicit Watched(asio::io_context& io) : descriptor(io) {}
    asio::posix::stream_descriptor descriptor;
    bool readable = false, writable = false;  // The events to wait for.
    bool reads = false, writes = false;       // The events that are being waited for.
  };

  static void on_answer(void* arg, int status, int, unsigned char* bytes, int size) {
    const std::unique_ptr<Asked> asked(static_cast<Asked*>(arg));
    --asked->channel->under_way_;
    if (asked->channel->closed_) return;
    Answer answer{kind_of(status), {}, trouble_of(status)};
    if (status == ARES_SUCCESS) answer = parse_dns_answer({bytes, static_cast<std::size_t>(size)}, asked->question);
    if (answer.kind == Answer::Kind::Failed && answer.trouble.empty()) answer.trouble = "an answer that cannot be read";
    asio::post(asked->channel->io_, [done = std::move(asked->done), answer = std::move(answer)] { done(answer); });
  }

  void watch(ares_socket_t socket, bool readable, bool writable) {
    auto& watched = watched_[socket];
    if (!readable && !writable) {
      if (watched) watched->descriptor.release();  // c-ares closes the socket itself.
      watched_.erase(socket);
      return;
    }
    if (!watched) {
      watched = std::make_shared<Watched>(io_);
      error_code ignored;
      watched->descriptor.assign(socket, ignored);
    }
    watched->readable = readable;
    watched->writable = writable;
    wait(socket, watched);
  }

  void wait(ares_socket_t socket, const std::shared_ptr<Watched>& watched) {
    using Descriptor = asio::posix::stream_descriptor;
    const auto one = [&](bool wanted, bool Watched::* waits, Descriptor::wait_type kind) {
      if (!wanted || (*watched).*waits) return;
      (*watched).*waits = true;
      const std::weak_ptr<Watched> weak = watched;
      watched->descriptor.async_wait(kind, [this, weak, socket, waits, kind](const error_code& error) {
        const auto still = weak.lock();
        if (error || !still) return;  // The socket was released, and this channel may be destroyed.
        (*still).*waits = false;
        const bool read = kind == Descriptor::wait_read;
        ares_process_fd(channel_, read ? socket : ARES_SOCKET_BAD, read ? ARES_SOCKET_BAD : socket);
        if (const auto at = watched_.find(socket); at != watched_.end() && at->second == still) wait(socket, still);
        arm();
      });
    };
    one(watched->readable, &Watched::reads, Descriptor::wait_read);
    one(watched->writable, &Watched::writes, Descriptor::wait_write);
  }

  void arm() {
    timeval left{};
    if (under_way_ == 0 || ares_timeout(channel_, nullptr, &left) == nullptr) {
      timer_.cancel();
      return;
    }
    timer_.expires_after(std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec));
    timer_.async_wait([this, lives = std::weak_ptr<const int>(lives_)](const error_code& error) {
      // A timer that expired before its cancellation reports no error.
      if (error || lives.expired()) return;
      ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      arm();
    });
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  std::shared_ptr<const int> lives_ = std::make_shared<const int>(0);
  ares_channel channel_ = nullptr;
  std::unordered_map<ares_socket_t, std::shared_ptr<Watched>> watched_;
  std::size_t under_way_ = 0;
  bool closed_ = false;
};

DnsClient::DnsClient(asio::io_context& io, DnsOptions options) : io_(io), options_(std::move(options)) {}
DnsClient::~DnsClient() = default;

void DnsClient::refresh() {
  const auto now = base::Clock::now();
  if (channel_ && (channel_->under_way() > 0 || now - made_at_ < kListAge)) return;
  channel_ = std::make_unique<Channel>(io_, options_);
  made_at_ = now;
}

void DnsClient::ask(const locate::Question& question, Done done) {
  refresh();
  channel_->ask(question, std::move(done));
}

std::vector<base::IpAddress> DnsClient::known(const std::string& host) {
  refresh();
  return channel_->known(host);
}

}  // namespace offhook::inline v0::sip::detail
