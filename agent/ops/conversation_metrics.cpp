#include <offhook/agent/ops/conversation_metrics.hpp>

#include <offhook/agent/ops/counter.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent {

namespace {

using prometheus::Registry;

prometheus::Counter& turns(Registry& registry, const std::string& kind) {
  return counter(registry, "offhook_caller_turns_total", "Turns in which callers spoke or pressed keys: understood speech, speech that was not understood, and digits.", {{"kind", kind}});
}

const prometheus::Histogram::BucketBoundaries kReplySeconds{0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10};

/// Returns the labels for a service: "NAME/think" is the provider NAME in the stage think. A name without a stage is a provider that does the
/// whole conversation.
prometheus::Labels labels_of(std::string_view service, FailureKind kind) {
  const auto slash = service.rfind('/');
  const bool has_stage = slash != std::string_view::npos;
  return {{"provider", std::string(service.substr(0, slash))},
          {"stage", has_stage ? std::string(service.substr(slash + 1)) : "whole"},
          {"kind", std::string(to_string(kind))}};
}

}  // namespace

ConversationMetrics::ConversationMetrics(Registry& registry)
    : replies_(counter(registry, "offhook_replies_total", "Replies whose first audio Offhook has sent.")),
      interrupted_(counter(registry, "offhook_replies_interrupted_total", "Replies that ended early, because the caller spoke or hung up.")),
      understood_(turns(registry, "understood")),
      not_understood_(turns(registry, "not_understood")),
      digits_(turns(registry, "digits")),
      reply_seconds_(prometheus::BuildHistogram()
                         .Name("offhook_reply_seconds")
                         .Help("Time from the caller's last voiced frame or key to the first frame of the reply, in seconds.")
                         .Register(registry)
                         .Add({}, kReplySeconds)),
      failures_(registry, "offhook_provider_failures_total", "Failures of a provider, by stage (listen, think, speak, whole) and kind.", kMaxFailures),
      switches_(registry, "offhook_provider_switches_total", "Cases in which another provider took over a stage of a call, at its beginning or later.", kMaxSwitches),
      tools_(registry, "offhook_tool_calls_total", "Steps of tool calls, by outcome. The label tool is \"other\" for a name that no agent allows.", kMaxTools),
      tokens_(registry, "offhook_tokens_total", "Tokens that models used, as they count them. cached_input and audio_input are part of input; audio_output is part of output.",
              kMaxTokens),
      characters_(registry, "offhook_characters_total", "Characters of the texts that providers turned into speech.", kMaxUses),
      seconds_(registry, "offhook_service_seconds_total", "Time that providers charge for, in seconds: callers' audio that a service received, and open connections.", kMaxUses) {}

void ConversationMetrics::on_action(const ConversationAction& action) {
  std::visit([this](const auto& what) { on(what); }, action);
}

void ConversationMetrics::on(const ReplyBegan& began) {
  replies_.Increment();
  if (began.response) reply_seconds_.Observe(std::chrono::duration<double>(*began.response).count());
}

void ConversationMetrics::on(const AgentSaid& said) {
  if (said.interrupted) interrupted_.Increment();
}

void ConversationMetrics::on(const CallerSaid& said) { (said.digits ? digits_ : said.rejected ? not_understood_ : understood_).Increment(); }

void ConversationMetrics::on(const ProviderSwitched& switched) {
  switches_.add({{"stage", std::string(to_string(switched.stage))}, {"from", switched.from}, {"to", switched.to}});
}

void ConversationMetrics::on_use(const ServiceUse& told) {
  const ServiceUse use = told.believable();
  const std::pair<const char*, std::uint64_t> kinds[]{{"input", use.input_tokens}, {"cached_input", use.cached_input_tokens}, {"audio_input", use.audio_input_tokens},
                                                      {"output", use.output_tokens}, {"audio_output", use.audio_output_tokens}};
  for (const auto& [kind, count] : kinds) {
    if (count > 0) tokens_.add({{"service", use.service}, {"kind", kind}}, static_cast<double>(count));
  }
  if (use.characters > 0) characters_.add({{"service", use.service}}, static_cast<double>(use.characters));
  for (const auto& [kind, time] : {std::pair{"audio", use.audio}, std::pair{"connected", use.connected}}) {
    if (time > base::Duration::zero()) seconds_.add({{"service", use.service}, {"kind", kind}}, std::chrono::duration<double>(time).count());
  }
}

void ConversationMetrics::on_provider_failed(std::string_view service, FailureKind kind) { failures_.add(labels_of(service, kind)); }

void ConversationMetrics::on_tool(const tools::ToolEvent& event) {
  // A name that a model invents must not use up the series of real tools.
  tools_.add({{"tool", event.kind ? event.tool : "other"},
              {"class", event.kind ? std::string(to_string(*event.kind)) : "other"},
              {"outcome", std::string(to_string(event.what))}});
}

}  // namespace offhook::inline v0::agent
