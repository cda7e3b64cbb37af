#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/chat/model_events.hpp>
#include <offhook/agent/providers/chat/model_loader.hpp>
#include <offhook/agent/providers/chat/model_question.hpp>
#include <offhook/agent/providers/chat/model_server.hpp>
#include <offhook/agent/providers/clause_splitter.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/request_retry.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::chat {

struct ChatThinkerOptions {
  ClauseLimits clauses;
  unsigned max_rounds = 8;  ///< most rounds of tool calls in one turn; after them, a request has no tools
};

/// Thinks by a language model over HTTP. open() passes the prompt, the history and the tools of the telephone call. A request that fails before any
/// part of its answer was returned is repeated once, if a retry within a second may help. A request that is too long for the model is repeated with
/// half of the conversation, and the size that the model accepts then limits all later requests of the telephone call. If a question still waits for
/// the model to load at kSlowLoad after open(), poll() returns ModelLoads once, and the question stays open.
class ChatThinker final : public Thinker {
 public:
  static constexpr base::Duration kSlowLoad = std::chrono::seconds(2);  ///< a loaded model answers the load request within a few milliseconds

  /// `http` must outlive this object.
  ChatThinker(std::unique_ptr<ModelServer> server, ChatThinkerOptions options, net::HttpClient& http, Wake wake);
  ~ChatThinker() override;

  void open(const SessionContext& context) override;
  void begin(const CallContext& context) override;
  void tick(base::TimePoint now) override;
  void respond(const TurnInput& input) override;
  void on_tool(const ToolOutcome& outcome) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) override;
  [[nodiscard]] std::optional<ThinkEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override { return {server_->model(), {}}; }
  [[nodiscard]] std::vector<Retry> take_retries() override { return retries_.take(); }

 private:
  struct Exchange;

  void ask();
  void on_end(Exchange& exchange, std::optional<net::NetError> error);
  void grow();
  void report_loading(base::TimePoint now);
  void refuse(const Exchange& exchange);
  [[nodiscard]] bool shorten();
  [[nodiscard]] std::vector<ModelMessage> messages() const;
  void take(const Exchange* from, std::vector<ModelEvent>& events);
  void count(std::uint32_t turn, const ModelUsage& usage);
  void on_model(ModelText& text);
  void on_model(ModelCall& call);
  void on_model(ModelUsage&) {}  // take() counts the usage.
  void on_model(ModelFinished& finished);
  void on_model(ModelFailed& failed);
  void say(const std::vector<std::string>& clauses);
  void ask_tools();
  void fail(RequestFailure failure);
  void finish();
  void stop();
  void drain();
  [[nodiscard]] std::string fresh_id(const ModelCall& call);
  /// Returns true if text of this turn was returned, by this provider or by one that failed during the turn.
  [[nodiscard]] bool has_said() const { return !present_.said.empty() || !present_.input.said.empty(); }
  void push(ThinkEvent event);

  std::unique_ptr<ModelServer> server_;
  ChatThinkerOptions options_;
  net::HttpClient& http_;
  Wake wake_;
  std::string whom_;
  std::string prompt_;
  const History* history_ = nullptr;
  const std::vector<ToolDescription>* tools_ = nullptr;

  bool busy_ = false;                        // true while present_ is being answered
  PresentTurn present_;
  std::vector<ModelMessage::Call> round_;    // tool calls of the present answer
  std::size_t open_calls_ = 0;               // calls of round_ without a result
  bool ends_call_ = false;                   // true: a tool will hang up or transfer the telephone call after the reply
  ClauseSplitter splitter_;
  bool given_ = false;                       // true: a part of the present answer was returned
  // Limits of the size of the messages, in octets: `most_` for later turns, `tried_` for this turn until the model has accepted it.
  std::size_t most_ = std::numeric_limits<std::size_t>::max(), tried_ = most_;
  unsigned shortened_ = 0;                   // number of halvings in this turn
  RequestRetry retry_;
  struct Loading {
    std::unique_ptr<ModelLoader> loader;
    std::optional<base::TimePoint> since;    // time of the first tick
    bool told = false;                       // ModelLoads was returned in the present turn
    bool goes_on = false;                    // true: a separate request continues the load even if this thinker is destroyed
  };
  Loading loading_;
  std::unique_ptr<Exchange> exchange_;
  std::deque<std::unique_ptr<Exchange>> drained_;  // ended answers whose last octets are still read, so that the connection can be used again
  std::deque<ThinkEvent> events_;
  Retries retries_;
};

}  // namespace offhook::inline v0::agent::chat
