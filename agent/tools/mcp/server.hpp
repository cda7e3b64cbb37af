#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/tools/mcp/child_process.hpp>
#include <offhook/agent/tools/mcp/client.hpp>
#include <offhook/agent/tools/mcp/desk.hpp>
#include <offhook/agent/tools/mcp/http_wire.hpp>
#include <offhook/agent/tools/pins.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::tools::mcp {

struct ServerOptions {
  std::string label;                               ///< is_label()
  std::variant<CommandLine, HttpWireOptions> at;   ///< a program of ours to run, or where one runs
  std::string ca_file;                             ///< over HTTP; "": those whom the system trusts
  ClientOptions client;                            ///< its over_http is set by what `at` is
  std::vector<Pin> pins;
  Unpinned unpinned = Unpinned::Refuse;
};
/// Why there can be no such server: a sentence, or nothing.
[[nodiscard]] std::optional<std::string> fault_of(const ServerOptions& options);

/// For the log. `detail` is a sentence without a secret; what a server wrote is in it only where it says so, printable.
struct ServerEvent {
  enum class What : std::uint8_t { Opened, Broken, ToolTrusted, ToolRefused, Listed, Note };
  What what{};
  std::string server;  ///< its label
  std::string tool;    ///< of ToolTrusted and ToolRefused
  std::string detail;
};
[[nodiscard]] std::string_view to_string(ServerEvent::What what);

/// One server and all who use it: joins the client with its wire and its desk, and begins anew, later and later, when it breaks.
/// On one thread, that of its io_context, which calls on_time() when next_deadline() says so.
class Server {
 public:
  using Watch = std::function<void(const ServerEvent&)>;
  /// Who owns it. `changed` is called when next_deadline() may have become another.
  struct Edge {
    std::function<base::Result<std::unique_ptr<Wire>, base::Error>(WireHandler)> make_wire;
    std::function<base::TimePoint()> now;
    std::function<void()> changed;
  };

  static constexpr unsigned kMaxNotesPerMinute = 30;    ///< in the log
  static constexpr std::size_t kMaxToldVerdicts = 1024; ///< ToolTrusted and ToolRefused, from the program's beginning on
  static constexpr base::Duration kFirstPause = std::chrono::seconds(1), kLongestPause = std::chrono::minutes(1);

  Server(ServerOptions options, Edge edge, std::shared_ptr<Desk> desk, Watch watch);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void begin(base::TimePoint now);
  void on_orders(base::TimePoint now);  ///< there are some at the desk
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  void shut_down(std::function<void()> done);

 private:
  struct Ordered { std::uint64_t guest, number; };
  struct Leaving {
    std::unique_ptr<Wire> wire;
    std::shared_ptr<bool> gone;
  };

  void open(base::TimePoint now);
  void on_wire(std::uint64_t generation, const std::function<void(base::TimePoint, Actions&)>& event);
  void carry_out(Actions& actions);
  void on_action(Outgoing& message);
  void on_action(Settled& settled);
  void on_action(Stop& stop);
  void on_action(Opened& opened);
  void on_action(Listed& listed);
  void on_action(Answered& answered);
  void on_action(Note& note);
  void on_action(Broken& broken);
  void start(const Order& order, Actions& actions);
  void abandon(const Order& order, Actions& actions);
  void tell(ServerEvent::What what, std::string detail, std::string tool = {}) const;
  void note(std::string detail);
  void tell_verdict(CatalogNote verdict);

  ServerOptions options_;
  Edge edge_;
  std::shared_ptr<Desk> desk_;
  Watch watch_;
  Client client_;
  PinBook pins_;
  std::shared_ptr<const Catalog> catalog_ = std::make_shared<const Catalog>();
  std::unique_ptr<Wire> wire_;
  std::vector<Leaving> leaving_;                 // shut down, not gone yet
  std::uint64_t generation_ = 0;                 // of wires: what an old one says is not heard
  std::map<std::uint64_t, Ordered> ordered_;     // by the client's number of the call
  std::uint64_t last_call_ = 0;
  base::TimePoint now_{};
  base::Duration pause_ = kFirstPause;
  std::optional<base::TimePoint> open_at_;
  std::optional<base::TimePoint> well_since_;    // since its tools were listed
  base::TimePoint notes_since_{};  // the minute in which notes_ are counted
  unsigned notes_ = 0;
  std::set<std::string> told_verdicts_;
  bool has_listed_ = false;
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::tools::mcp
