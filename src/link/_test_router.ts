/** An interface with a gateway behind it, and a second one. */
export const ROUTER_SETUP: string = `ip netns add peer
ip link add up0 type veth peer name down0 netns peer
ip link add up1 type veth peer name down1 netns peer
ip addr add 192.0.2.1/24 dev up0
ip addr add 192.0.2.3/24 dev up0
ip addr add 203.0.113.1/25 dev up1
ip link set up0 up; ip link set up1 up
ip -n peer link set down0 up; ip -n peer link set down1 up
ip route add default via 192.0.2.254`;
