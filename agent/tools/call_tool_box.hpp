#pragma once

#include <offhook/agent/conversation/pause_result.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/tools/confirmation.hpp>
#include <offhook/agent/tools/tool_policy.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxRunning = 8;        ///< tool calls that run at sources at the same time
inline constexpr std::size_t kMaxWaiting = 4;        ///< tool calls that wait for the caller's agreement
inline constexpr std::size_t kMaxSame = 4;           ///< most equal tool calls that share the result of one run of the tool
inline constexpr unsigned kMaxQuestionsPerCall = 6;  ///< questions to the caller in one telephone call; further questions are refused
inline constexpr std::size_t kMaxCallIdBytes = 128;
inline constexpr std::size_t kMaxRememberedCalls = 64;  ///< latest ids that are stored to detect a repeated tool call
inline constexpr std::size_t kMaxDescriptionBytes = 1024;

/// One step of a tool call, for the log and for observers. It contains no argument, number or key.
struct ToolEvent {
  enum class What : std::uint8_t { Allowed, Asked, Refused, Confirmed, Declined, Done, Failed, TimedOut, Dropped, Joined };
  What what{};
  std::uint32_t turn = 0;
  std::string tool;    ///< as shown_name() returns it
  std::string detail;  ///< description for the log
  std::optional<ToolClass> kind = std::nullopt;  ///< class of the tool; nullopt: no rule names this tool
};
[[nodiscard]] std::string_view to_string(ToolEvent::What what);

/// Carries out the model's order to pause (`paused` true) or to resume the recording.
using PauseRecording = std::function<PauseResult(bool paused)>;

struct ToolBoxOptions {
  ToolRules rules;
  std::vector<std::string> languages;  ///< languages of questions (only the first one) and of answers; empty: English
  base::Duration source_deadline = std::chrono::seconds(10);
  PauseRecording pause_recording = {};  ///< empty: the call is not recorded
};

/// The tools of one telephone call. It carries out only what the policy allows: it asks the caller, acts itself, or passes the tool call to a source.
class CallToolBox final : public ToolBox {
 public:
  using Watch = std::function<void(const ToolEvent&)>;

  CallToolBox(ToolBoxOptions options, std::vector<std::unique_ptr<ToolSource>> sources, Watch watch, base::TimePoint now);
  ~CallToolBox() override;

  void tick(base::TimePoint now) override;
  [[nodiscard]] const std::vector<ToolDescription>& descriptions() const override { return descriptions_; }
  void run(const ToolCall& call) override;
  void abandon() override;
  [[nodiscard]] std::optional<ToolOutcome> poll() override;
  [[nodiscard]] std::optional<std::string> poll_question() override;
  void on_question_began() override;
  void on_question_heard() override;
  [[nodiscard]] bool awaits_answer() const override;
  [[nodiscard]] bool is_asking() const override { return question_.has_value(); }
  void on_question_spoilt() override;
  void drop_questions(std::uint32_t turn) override;
  void on_caller_digit(char digit) override;
  void on_caller_words(const Transcript& transcript, base::TimePoint began) override;

  /// Returns the time at which the owner must invoke tick(); nullopt if there is none.
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  struct Offered {  // a tool of a source
    std::size_t source = 0;
    ArgumentSchema schema;
    std::optional<ArgumentSchema> granted;  // the operator's schema
  };
  struct Waiting {
    ToolCall call;
    ToolRequest request;
    std::string log;
  };
  struct Running {
    std::vector<ToolCall> calls;  // tool calls with the same arguments; the last one belongs to the current reply
    std::string arguments;        // in canonical JSON
    std::size_t source = 0;
    base::TimePoint due;
  };

  void offer(const ToolDescription& described, std::size_t source);
  void emit(ToolEvent::What what, const ToolCall& call, std::string detail) const;
  void refuse(const ToolCall& call, Refusal why, std::string_view to_model, std::string log);
  void wait_for_caller(const ToolCall& call, ToolDecision decision);
  void execute(const ToolCall& call, const ToolRequest& request, bool quiet = false);
  void pause_recording(const ToolCall& call, bool paused, bool quiet);
  void start_at_source(const ToolCall& call);
  [[nodiscard]] bool joins_running(const ToolCall& call);
  void finish(const Running& running, const std::string& result);
  void ask_next();
  void settle_question();
  void decline(const Waiting& waiting, Confirmation::Decision decision);
  void collect_results();
  void on_result(SourceResult result);
  void stop_late_ones();
  [[nodiscard]] bool is_repeated(const std::string& call_id);

  ToolBoxOptions options_;
  ToolPolicy policy_;
  std::vector<std::unique_ptr<ToolSource>> sources_;
  Watch watch_;
  base::TimePoint now_;
  std::vector<ToolDescription> descriptions_;
  std::map<std::string, Offered, std::less<>> offered_;
  std::deque<Waiting> waiting_;           // tool calls that wait for the caller's agreement; the current question is about the first
  std::optional<Confirmation> question_;  // the question about waiting_.front()
  unsigned questions_ = 0;
  bool question_began_ = false;           // true: the caller has heard a part of the question
  std::map<std::uint64_t, Running> running_;
  std::uint64_t last_number_ = 0;
  std::deque<std::string> seen_;  // ids of the latest tool calls
  std::deque<ToolOutcome> outcomes_;
  bool told_too_often_ = false;              // true: the log has reported that the model makes too many attempts
  std::optional<std::uint32_t> hung_up_in_;  // the turn in whose reply a hang-up was allowed
  bool over_ = false;
};

}  // namespace offhook::inline v0::agent::tools
