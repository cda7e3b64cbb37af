#include <offhook/agent/providers/ollama/parts.hpp>

#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/agent/providers/chat/model_loader.hpp>
#include <offhook/agent/providers/ollama/chat_server.hpp>
#include <offhook/agent/providers/ollama/tuning.hpp>

namespace offhook::inline v0::agent::ollama {

namespace {

std::unique_ptr<ChatServer> server_of(const ProviderProfile& provider) {
  ChatServerOptions options;
  options.base_url = provider.base_url;
  options.key = provider.api_key;
  options.model.model = provider.models.chat;
  if (provider.reply.max_tokens > 0) options.model.max_tokens = provider.reply.max_tokens;
  options.model.context_tokens = tuning_of(provider).context_tokens;
  options.model.keep_alive = tuning_of(provider).keep_alive;
  const std::string& effort = provider.reply.reasoning_effort;
  options.model.think = parse_think(effort.empty() || effort == "none" ? "off" : effort == "minimal" ? "low" : effort).value_or(Think::Off);
  return std::make_unique<ChatServer>(std::move(options));
}

std::unique_ptr<Thinker> make_thinker(const PartNeeds& needs, Wake wake) {
  return std::make_unique<chat::ChatThinker>(server_of(*needs.provider), chat::ChatThinkerOptions{}, needs.edges->http(needs.provider->ca_file),
                                             std::move(wake));
}

/// Loads the model before calls use it. From a disk this may take a minute.
class Loading final : public WarmUp {
 public:
  Loading(const PartNeeds& needs, ReportTrouble told)
      : server_(server_of(*needs.provider)), loader_(*server_, needs.edges->http(needs.provider->ca_file), [this, told](std::optional<RequestFailure> failure) {
          is_over_ = true;
          if (failure) told(failure->why);
        }) {}
  [[nodiscard]] bool is_over() const override { return is_over_ || !loader_.is_needed(); }
  [[nodiscard]] std::string command() const override { return "ollama ps"; }

 private:
  std::unique_ptr<ChatServer> server_;
  bool is_over_ = false;
  chat::ModelLoader loader_;
};

}  // namespace

const ProviderParts& parts() {
  static const ProviderParts made = [] {
    ProviderParts each;
    each.thinker = make_thinker;
    each.warm_up = [](const PartNeeds& needs, ReportTrouble told) -> std::unique_ptr<WarmUp> { return std::make_unique<Loading>(needs, std::move(told)); };
    return each;
  }();
  return made;
}

}  // namespace offhook::inline v0::agent::ollama
