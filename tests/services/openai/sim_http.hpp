#pragma once

#include <offhook/tests/services/openai/http_plan.hpp>
#include <offhook/tests/services/openai/sim_world.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace offhook::services::openai {

inline constexpr std::int64_t kCreated = 1790000000;  ///< "created" of each answer, in seconds since 1970

/// OpenAI's HTTP endpoints: chat completions, responses, transcription and speech. Takes a request, and returns the steps of its answer. It
/// does no I/O and reads no clock. It keeps only the answers to which previous_response_id can refer.
class SimHttp {
 public:
  explicit SimHttp(SimWorld& world) : world_(world) {}
  [[nodiscard]] HttpPlan serve(const WebRequest& request, base::TimePoint now);

  [[nodiscard]] bool key_is_right(const WebRequest& request) const;
  [[nodiscard]] HttpPlan::Step refuse_key() const;
  [[nodiscard]] HttpPlan::Step refuse(const Fault& fault) const;

 private:
  using Json = nlohmann::json;
  enum class Path : std::uint8_t { Chat, Responses, Transcription, Speech };
  /// A request to one of the endpoints.
  struct Ask {
    Path path{};
    const WebRequest& request;
    const Endpoint& endpoint;
    std::size_t number = 0;  ///< number of earlier requests to this endpoint
    base::TimePoint now;
  };

  [[nodiscard]] HttpPlan chat(const Ask& ask);
  [[nodiscard]] HttpPlan stream_chat(const Json& body, const Reply& reply, const Fault& fault, base::Duration begins);
  [[nodiscard]] HttpPlan responses(const Ask& ask);
  [[nodiscard]] HttpPlan stream_responses(const Json& shell, const Json& output, const Fault& fault, base::Duration begins);
  [[nodiscard]] HttpPlan transcription(const Ask& ask);
  [[nodiscard]] HttpPlan speech(const Ask& ask);

  /// Returns the fault of the request. If it has none, returns the fault of the reply.
  [[nodiscard]] const Fault& fault_of(const Ask& ask, const Reply* reply) const;
  [[nodiscard]] base::Duration delay_of(const Ask& ask, const Reply* reply) const;
  void note(const Ask& ask, const Fault& fault, base::Duration begins, Json members) const;
  [[nodiscard]] std::string make_id(std::string_view kind) { return std::string(kind) + std::to_string(++next_id_); }

  SimWorld& world_;
  std::array<std::size_t, 4> asked_{};
  std::uint64_t next_id_ = 0;
  std::map<std::string, Json> kept_;       // the conversation up to and including each response, by response id
  std::deque<std::string> kept_in_order_;  // response ids, the oldest first; the oldest is removed first
};

}  // namespace offhook::services::openai
