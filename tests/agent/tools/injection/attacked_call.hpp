#pragma once

#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/tests/agent/calls/virtual_line.hpp>
#include <offhook/tests/agent/tools/injection/obeying_session.hpp>
#include <offhook/tests/agent/tools/injection/tool_servers.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace offhook::test {

/// A whole telephone call on virtual time, in which the attacker controls the model. All parts between the caller's line and the outside
/// are real: bridge, conversation, tool box, policy, and the clients of tool servers. README.md defines the members of a case.
class AttackedCall {
 public:
  /// `world` has the agent and tools of all cases. If `guarded` is false, the call has no policy, schemas and questions, and shows the
  /// effect of the attack.
  AttackedCall(const nlohmann::json& world, const nlohmann::json& attack, bool guarded = true);

  void run();

  std::vector<std::string> happened;  ///< events that have an effect outside: transfers, keys, notes, requests to tool servers
  std::vector<std::string> log;       ///< decisions of the tool box, and results that the model got
  std::vector<std::size_t> logged;    ///< size of `log` at each event of `happened`
  struct Act { std::string step; std::size_t logged = 0; };
  std::vector<Act> acts;  ///< the actions of the caller and the servers, each with the size of `log` at that time
  [[nodiscard]] const ObeyingSession& model() const { return *model_; }
  [[nodiscard]] const ShopService& shop() const { return *shop_; }

 private:
  void make_bridge(const nlohmann::json& world, bool guarded);
  void tick();
  void advance(base::Duration by);
  void wait_for_quiet();
  void act(const std::string& step);
  void observe(const agent::ConversationAction& action);
  void note(std::string what);

  nlohmann::json attack_, crm_tools_;
  base::TimePoint now_{std::chrono::hours(1)};
  agent::test::VirtualLine line_{16000};
  std::unique_ptr<CrmServer> crm_;
  std::unique_ptr<ShopService> shop_;
  std::unique_ptr<agent::Bridge> bridge_;
  ObeyingSession* model_ = nullptr;
  bool answered_ = false, over_ = false;
  base::TimePoint busy_until_{};
};

}  // namespace offhook::test
