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

/// From the host of a URI to what can be tried, best first: RFC 3263 sections 4.1 and 4.2. One per look-up. Pure: the owner
/// carries the questions to a name server and the answers back, in any order, and may give up at any time.
///
/// A list of candidates goes over all that the domain offers, in its own order: every service, every server, both families of
/// each server in turn.
/// Deviation: a name of one label (`pbx`, `localhost`) is the name of a host nearby, and is asked for its addresses alone; RFC
/// 3263 section 4.1 would ask the name servers of the world which services it has, and wait for those that are out of reach.
class Locator {
 public:
  // Of what name servers say. What is beyond a bound is left out, never an error.
  static constexpr std::size_t kMaxRecords = 64;     ///< of one answer
  static constexpr std::size_t kMaxServices = 6;
  static constexpr std::size_t kMaxServers = 16;     ///< SRV targets, of all services
  static constexpr std::size_t kMaxAddresses = 8;    ///< of one server and one family
  static constexpr std::size_t kMaxAliases = 8;      ///< CNAMEs behind each other
  static constexpr std::size_t kMaxQuestions = 48;
  static constexpr std::size_t kMaxCandidates = 32;

  struct Target {
    std::string host;                    ///< name or address literal, IPv6 without brackets
    std::optional<std::uint16_t> port;
    std::optional<Transport> transport;  ///< nothing: the domain decides
    bool secure = false;                 ///< sips: TLS, alone or below WebSocket, or nothing
  };
  struct Options {
    /// What we speak, in the order of our preference: it counts where the domain has none.
    std::vector<Transport> transports{Transport::Udp, Transport::Tcp};
    bool v4 = true, v6 = true;
    std::vector<base::IpAddress> known;  ///< addresses that this machine's hosts file gives the name: no server is asked then
  };
  struct Candidate {
    Transport transport = Transport::Udp;
    base::SocketAddress remote;
    std::string name;                    ///< that a TLS server there has to prove: the host as it was asked for (RFC 5922)
    friend bool operator==(const Candidate&, const Candidate&) = default;
  };

  /// `random` must outlive this.
  Locator(Target target, Options options, base::Random& random);
  Locator(const Locator&) = delete;
  Locator& operator=(const Locator&) = delete;

  /// What to ask, until empty; after each answer there may be more.
  [[nodiscard]] std::optional<locate::Question> poll_question();
  /// An answer to what was not asked, or a second one, is without effect.
  void on_answer(const locate::Question& question, locate::Answer answer);
  /// Nobody waits any longer: what is unanswered counts as Timeout, and is_done() holds.
  void give_up();

  [[nodiscard]] bool is_done() const { return done_; }
  [[nodiscard]] const std::vector<Candidate>& candidates() const { return candidates_; }
  /// Why there is no candidate and what to do, for people; "" when there is one.
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
    locate::Answer::Kind kind = locate::Answer::Kind::NoData;  // When there are none.
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
  std::optional<std::vector<locate::Service>> services_;  // Once they are known.
  std::optional<std::vector<Server>> servers_;            // Likewise, in their final order.
  std::vector<Candidate> candidates_;
  locate::Answer::Kind worst_ = locate::Answer::Kind::NoData;
  std::string trouble_, without_;  // Of that answer, and whose address is missing.
  std::string error_;
  bool gave_up_ = false, done_ = false;
};

}  // namespace offhook::inline v0::sip
