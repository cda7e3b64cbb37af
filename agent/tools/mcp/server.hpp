#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/tools/mcp/child_process.hpp>
#include <offhook/agent/tools/mcp/client.hpp>
#include <offhook/agent/tools/mcp/tool_request_queue.hpp>
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
  std::string label;                               ///< as is_label() requires
  std::variant<CommandLine, HttpWireOptions> at;   ///< a program to run, or the URL of a running server
  std::string ca_file;                             ///< CA file for HTTP; "": the trusted authorities of the system
  ClientOptions client;                            ///< settings of the client; Server itself sets over_http by the type of `at`
  std::vector<Pin> pins;
  Unpinned unpinned = Unpinned::Refuse;
};
/// Returns the fault of the options as a clause about the server; nullopt if there is none.
[[nodiscard]] std::optional<std::string> fault_of(const ServerOptions& options);

/// An event for the log. `detail` is a sentence without secrets. If it contains text of the server, it says so, and the text is printable.
struct ServerEvent {
  enum class What : std::uint8_t { Opened, Broken, ToolTrusted, ToolRefused, Listed, Note };
  What what{};
  std::string server;  ///< the server's label
  std::string tool;    ///< the tool, for ToolTrusted and ToolRefused
  std::string detail;
};
[[nodiscard]] std::string_view to_string(ServerEvent::What what);

/// One server for all telephone calls. Joins the client with its wire and its ToolRequestQueue. If the server breaks, starts it again after a pause
/// that grows. Runs on the thread of its io_context, which calls on_time() at next_deadline().
class Server {
 public:
  using Watch = std::function<void(const ServerEvent&)>;
  /// The functions of the owner. Server invokes `changed` when next_deadline() may have changed.
  struct Edge {
    std::function<base::Result<std::unique_ptr<Wire>, base::Error>(WireHandler)> make_wire;
    std::function<base::TimePoint()> now;
    std::function<void()> changed;
  };

  static constexpr unsigned kMaxNotesPerMinute = 30;    ///< notes in the log; further notes are dropped
  static constexpr std::size_t kMaxToldVerdicts = 1024; ///< ToolTrusted and ToolRefused events, since the start of the program
  static constexpr base::Duration kFirstPause = std::chrono::seconds(1), kLongestPause = std::chrono::minutes(1);

  Server(ServerOptions options, Edge edge, std::shared_ptr<ToolRequestQueue> queue, Watch watch);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void begin(base::TimePoint now);
  void on_orders(base::TimePoint now);  ///< call it when the ToolRequestQueue has orders
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
  void emit(ServerEvent::What what, std::string detail, std::string tool = {}) const;
  void note(std::string detail);
  void report_verdict(CatalogNote verdict);

  ServerOptions options_;
  Edge edge_;
  std::shared_ptr<ToolRequestQueue> queue_;
  Watch watch_;
  Client client_;
  PinStore pins_;
  std::shared_ptr<const Catalog> catalog_ = std::make_shared<const Catalog>();
  std::unique_ptr<Wire> wire_;
  std::vector<Leaving> leaving_;                 // wires that are shutting down, and have not ended yet
  std::uint64_t generation_ = 0;                 // number of the current wire: events of older wires are ignored
  std::map<std::uint64_t, Ordered> ordered_;     // key: the client's number of the tool call
  std::uint64_t last_call_ = 0;
  base::TimePoint now_{};
  base::Duration pause_ = kFirstPause;
  std::optional<base::TimePoint> open_at_;
  std::optional<base::TimePoint> well_since_;    // time of the server's first list of tools
  base::TimePoint notes_since_{};  // start of the minute in which notes_ are counted
  unsigned notes_ = 0;
  std::set<std::string> told_verdicts_;
  bool has_listed_ = false;
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::tools::mcp
