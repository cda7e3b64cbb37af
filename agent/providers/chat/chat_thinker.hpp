#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/chat/model_events.hpp>
#include <offhook/agent/providers/chat/model_loader.hpp>
#include <offhook/agent/providers/chat/model_question.hpp>
#include <offhook/agent/providers/chat/model_server.hpp>
#include <offhook/agent/providers/clause_splitter.hpp>
#include <offhook/agent/providers/http_failure.hpp>
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
  unsigned max_rounds = 8;  ///< of calls in one turn; then the model is asked without tools
};

/// Thinks by a language model over HTTP. What it knows of the call comes by open(): prompt, history, tools. A request that fails
/// before anything of its answer was given out is repeated once, when that may help within a second; one that is too long for the model
/// with half of what was said so far, and the rest of the call goes by that measure. A question that waits for a model to be loaded, from kSlowLoad
/// after open() on, yields ModelLoads once, and stands.
class ChatThinker final : public Thinker {
 public:
  static constexpr base::Duration kSlowLoad = std::chrono::seconds(2);  ///< a model that is in memory answers in a few milliseconds

  /// `http` outlives this.
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
  void tell_loading(base::TimePoint now);
  void refuse(const Exchange& exchange);
  [[nodiscard]] bool shorten();
  [[nodiscard]] std::vector<ModelMessage> messages() const;
  void take(const Exchange* from, std::vector<ModelEvent>& events);
  void count(std::uint32_t turn, const ModelUsage& usage);
  void on_model(ModelText& text);
  void on_model(ModelCall& call);
  void on_model(ModelUsage&) {}  // take() has counted it.
  void on_model(ModelFinished& finished);
  void on_model(ModelFailed& failed);
  void say(const std::vector<std::string>& clauses);
  void ask_tools();
  void fail(RequestFailure failure);
  void finish();
  void stop();
  void drain();
  [[nodiscard]] std::string fresh_id(const ModelCall& call);
  /// In this turn, by this provider or by one that failed in the middle.
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

  bool busy_ = false;                        // present_ is being answered
  PresentTurn present_;
  std::vector<ModelMessage::Call> round_;    // asked for by the present answer
  std::size_t open_calls_ = 0;               // of round_, without a result yet
  bool ends_call_ = false;                   // a tool hangs up or transfers when all is said
  ClauseSplitter splitter_;
  bool given_ = false;                       // something of the present answer was given out
  bool retried_ = false;
  // Of messages, in octets: so much the model takes, as far as it has shown, and so much is tried in this turn.
  std::size_t most_ = std::numeric_limits<std::size_t>::max(), tried_ = most_;
  unsigned shortened_ = 0;                   // in this turn
  std::optional<base::Duration> retry_in_;   // until tick() says when that is
  std::optional<base::TimePoint> retry_at_;
  std::unique_ptr<ModelLoader> loader_;
  std::optional<base::TimePoint> loads_since_;  // from the first tick on
  bool told_loading_ = false;                // of the present turn
  bool load_goes_on_ = false;                // a request that outlives this thinker keeps the load going
  std::unique_ptr<Exchange> exchange_;
  std::deque<std::unique_ptr<Exchange>> drained_;  // understood; their last octets are read so that the connection is kept
  std::deque<ThinkEvent> events_;
  Retries retries_;
};

}  // namespace offhook::inline v0::agent::chat
