#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/locate/records.hpp>
#include <offhook/sip/locate/services.hpp>

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// Resolves the host of a URI to candidates to try, best first: RFC 3263 sections 4.1 and 4.2. One object per look-up. Pure: its
/// owner passes the questions to a name server and the answers back, in any order, and may give up at any time.
///
/// The candidates cover everything that the domain offers, in its order: every service, every server, and alternately the address
/// families of each server.
/// Deviation: a name of one label (`pbx`, `localhost`) counts as a host nearby, and only its addresses are asked for.
/// RFC 3263 section 4.1 would ask for the services of such a name too. Public name servers know none, and a request would wait
/// for servers that are out of reach.
class Locator {
 public:
  // Bounds on the answers of name servers. Entries beyond a bound are ignored; that is not an error.
  static constexpr std::size_t kMaxRecords = 64;     ///< per answer
  static constexpr std::size_t kMaxServices = 6;
  static constexpr std::size_t kMaxServers = 16;     ///< SRV targets of all services
  static constexpr std::size_t kMaxAddresses = 8;    ///< per server and family
  static constexpr std::size_t kMaxAliases = 8;      ///< consecutive CNAMEs
  static constexpr std::size_t kMaxQuestions = 48;
  static constexpr std::size_t kMaxCandidates = 32;

  struct Target {
    std::string host;                    ///< name or IP address; IPv6 without brackets
    std::optional<std::uint16_t> port;
    std::optional<Transport> transport;  ///< nullopt: the domain decides
    bool secure = false;                 ///< for sips: require TLS, alone or below WebSocket
  };
  struct Options {
    /// Supported transports, in our order of preference, which counts if the domain states no order.
    std::vector<Transport> transports{Transport::Udp, Transport::Tcp};
    bool v4 = true, v6 = true;
    std::vector<base::IpAddress> known;  ///< addresses of the name in this machine's hosts file; if not empty, no server is asked
  };
  struct Candidate {
    Transport transport = Transport::Udp;
    base::SocketAddress remote;
    std::string name;                    ///< the name that a TLS server must prove: the requested host (RFC 5922)
    friend bool operator==(const Candidate&, const Candidate&) = default;
  };

  /// `random` must outlive this object.
  Locator(Target target, Options options, base::Random& random);
  Locator(const Locator&) = delete;
  Locator& operator=(const Locator&) = delete;

  /// Returns the next question, or nullopt if there is none. Each answer may cause more questions.
  [[nodiscard]] std::optional<locate::Question> poll_question();
  /// Processes an answer. Ignores an answer to a question that was not asked, and a second answer.
  void on_answer(const locate::Question& question, locate::Answer answer);
  /// Ends the look-up: unanswered questions count as Timeout, and is_done() returns true.
  void give_up();

  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] const std::vector<Candidate>& candidates() const { return candidates_; }
  /// Returns the reason why there is no candidate, and the remedy, as text for users; "" if there is a candidate.
  [[nodiscard]] std::string error() const;

 private:
  struct Server {
    Transport transport = Transport::Udp;
    std::string host;
    std::uint16_t port = 0;
  };
  struct Found {
    bool pending = false;
    std::vector<locate::Record> records;
    locate::Answer::Kind kind = locate::Answer::Kind::NoData;  // The reason, if there are no records.
    std::string trouble{};
  };
  void begin();
  void settle_at_once();
  void advance();
  [[nodiscard]] bool find_services();
  [[nodiscard]] bool find_servers();
  [[nodiscard]] bool find_addresses();
  [[nodiscard]] Found find(locate::RecordType type, const std::string& name);
  [[nodiscard]] const locate::Answer* ask(const locate::Question& question);
  void list(const Server& server, const std::vector<base::IpAddress>& first, const std::vector<base::IpAddress>& second);
  void end(std::string error = {});
  [[nodiscard]] std::string explain() const;

  Target target_;
  Options options_;
  base::Random& random_;
  std::map<locate::Question, std::optional<locate::Answer>> asked_;
  std::deque<locate::Question> to_ask_;
  std::optional<std::vector<locate::Service>> services_;  // Set when the services are known.
  std::optional<std::vector<Server>> servers_;            // Set when the servers are known, in their final order.
  std::vector<Candidate> candidates_;
  locate::Answer::Kind worst_ = locate::Answer::Kind::NoData;
  std::string trouble_, without_;  // Error text of the worst answer, and the host without an address.
  std::string error_;
  bool gave_up_ = false, done_ = false;
};

}  // namespace offhook::inline v0::sip
