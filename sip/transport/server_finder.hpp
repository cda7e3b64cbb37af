#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/locate/answer_cache.hpp>
#include <offhook/sip/locate/locator.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Runs a Locator for each name. Searches run side by side, so that a slow one delays no other. Several requests for the same
/// name share one search. Each gets its result after kLimit at the latest, with the answers known by then.
class ServerFinder {
 public:
  static constexpr std::size_t kMaxSearches = 256;   ///< bound of searches; a further one is refused
  static constexpr std::size_t kMaxWaiting = 4096;   ///< bound of requests that wait; one name may be the target of all calls
  static constexpr base::Duration kLimit = std::chrono::seconds(10);

  struct Result {
    std::vector<Locator::Candidate> candidates;
    std::string error;  ///< reason why there are no candidates
  };
  using Done = std::function<void(const Result&)>;
  struct Ways {
    std::function<void(const locate::Question&, std::function<void(locate::Answer)>)> ask;  ///< calls back once, later
    std::function<std::vector<base::IpAddress>(const std::string& host)> known;             ///< from the hosts file
    std::function<void(std::function<void()>)> post;
    std::function<void(base::Duration, std::function<void()>)> after;
    std::function<base::TimePoint()> now;
  };

  /// `options.known` is not used. `random` must outlive this object. After the destruction of this object, `ways` must not run
  /// the callbacks that were passed to it.
  ServerFinder(Ways ways, Locator::Options options, base::Random& random);
  ~ServerFinder();

  /// Starts a search, or joins one. `done` is called once, later.
  void find(const Locator::Target& target, Done done);
  void set_options(Locator::Options options) { options_ = std::move(options); }

 private:
  using Key = std::tuple<std::string, std::optional<std::uint16_t>, std::optional<Transport>, bool>;
  struct Search {
    std::uint64_t id = 0;
    std::unique_ptr<Locator> locator;
    std::vector<Done> waiting;
  };
  void ask_on(const Key& key, Search& search);
  void end(const Key& key);

  Ways ways_;
  Locator::Options options_;
  base::Random& random_;
  locate::AnswerCache cache_;
  std::map<Key, Search> searches_;
  std::size_t waiting_ = 0;
  std::uint64_t last_id_ = 0;
};

}  // namespace offhook::inline v0::sip::detail
