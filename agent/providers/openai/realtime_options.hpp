#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/profile/provider_profile.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/agent/support/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::openai::realtime {

/// Selects the detector of the end of the caller's turn: Offhook, or one of the server's two detectors, which get all of the caller's
/// audio. The server never starts or stops a reply by itself: the conversation does both.
struct TurnDetection {
  using Kind = RealtimeTuning::TurnEnd;
  using Eagerness = RealtimeTuning::Eagerness;
  Kind kind = Kind::Ours;
  double threshold = 0.5;                 ///< for ServerVad: 0..1
  std::uint32_t prefix_padding_ms = 300;  ///< for ServerVad
  std::uint32_t silence_ms = 500;         ///< for ServerVad
  Eagerness eagerness = Eagerness::Auto;  ///< for SemanticVad
};

using NoiseReduction = RealtimeTuning::NoiseReduction;

/// How the server shortens a conversation that is longer than the model or `post_instructions` allows.
struct Truncation {
  using Kind = RealtimeTuning::Truncation;
  Kind kind = Kind::Usual;
  double retention_ratio = 0.8;         ///< for RetentionRatio: part of the conversation that stays, 0..1
  std::uint32_t post_instructions = 0;  ///< for RetentionRatio: tokens after the instructions; 0: the model's own limit
};

/// The address of Azure OpenAI, which has the same protocol, but takes the key in another header.
struct AzureRealtime {
  std::string endpoint;     ///< https://NAME.openai.azure.com
  std::string deployment;
  std::string api_version;  ///< date of an older interface; "": the GA interface, whose address has no version
};

struct RealtimeOptions {
  std::string base_url = "https://api.openai.com/v1";  ///< http, https, ws or wss; not used with `azure`
  std::string model = "gpt-realtime";
  Secret api_key;
  std::string organization, project;                   ///< "": the request has no such header
  std::optional<AzureRealtime> azure;
  std::string voice = "marin";
  double speed = 1;                                    ///< 0.25..1.5
  std::string transcription_model = "gpt-4o-mini-transcribe";  ///< "": the caller's words are not transcribed
  AudioFormat format = AudioFormat::Pcmu;
  TurnDetection turn_detection;
  NoiseReduction noise_reduction = NoiseReduction::None;
  std::uint32_t max_output_tokens = 0;                 ///< limit for one response, 1..4096; 0: no limit
  std::string reasoning_effort;                        ///< "minimal" to "xhigh", for models that reason; "": not sent
  Truncation truncation;
};

/// Returns the address, and the headers with the key. No other function reveals the key.
[[nodiscard]] net::WebSocketRequest socket_request(const RealtimeOptions& options);

}  // namespace offhook::inline v0::agent::openai::realtime
