#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/provider_profile.hpp>
#include <offhook/agent/providers/voice_format.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::openai::realtime {

/// Who finds the end of the caller's turn. With the two of the server it gets all that the caller sends, and still never replies or
/// falls silent by itself: that is the conversation's.
struct TurnDetection {
  using Kind = RealtimeTuning::TurnEnd;
  using Eagerness = RealtimeTuning::Eagerness;
  Kind kind = Kind::Ours;
  double threshold = 0.5;                 ///< ServerVad: 0..1
  std::uint32_t prefix_padding_ms = 300;  ///< ServerVad
  std::uint32_t silence_ms = 500;         ///< ServerVad
  Eagerness eagerness = Eagerness::Auto;  ///< SemanticVad
};

using NoiseReduction = RealtimeTuning::NoiseReduction;

/// What the server does with a conversation that is longer than its model, or `post_instructions`, allows.
struct Truncation {
  using Kind = RealtimeTuning::Truncation;
  Kind kind = Kind::Usual;
  double retention_ratio = 0.8;         ///< RetentionRatio: 0..1
  std::uint32_t post_instructions = 0;  ///< RetentionRatio: tokens behind the instructions; 0: the model's own limit
};

/// Azure OpenAI speaks the same protocol at another address, and takes its key in another header.
struct AzureRealtime {
  std::string endpoint;     ///< https://NAME.openai.azure.com
  std::string deployment;
  std::string api_version;  ///< "": the GA address, which wants none
};

struct RealtimeOptions {
  std::string base_url = "https://api.openai.com/v1";  ///< http, https, ws or wss; unused with `azure`
  std::string model = "gpt-realtime";
  config::Secret api_key;
  std::string organization, project;                   ///< "": not sent
  std::optional<AzureRealtime> azure;
  std::string voice = "marin";
  double speed = 1;                                    ///< 0.25..1.5
  std::string transcription_model = "gpt-4o-mini-transcribe";  ///< "": the caller's words are not written down
  AudioFormat format = AudioFormat::Pcmu;
  TurnDetection turn_detection;
  NoiseReduction noise_reduction = NoiseReduction::None;
  std::uint32_t max_output_tokens = 0;                 ///< of one response, 1..4096; 0: no limit of ours
  std::string reasoning_effort;                        ///< "minimal" to "xhigh", of models that reason; "": not sent
  Truncation truncation;
};

/// The address, and the headers with the key: the one place where it is revealed.
[[nodiscard]] net::WebSocketRequest socket_request(const RealtimeOptions& options);

}  // namespace offhook::inline v0::agent::openai::realtime
