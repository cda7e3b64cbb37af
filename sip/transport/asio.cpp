// Compiles Boost.Asio once for the whole program (docs/building.md); all other files use declarations only.
#include <boost/asio/impl/src.hpp>
