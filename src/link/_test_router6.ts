/** As `ROUTER_SETUP`, of IPv6, with addresses that are ready at once; "up1" has none but link-local ones. */
export const ROUTER_SETUP6: string = `ip netns add peer
ip link add up0 type veth peer name down0 netns peer
ip link add up1 type veth peer name down1 netns peer
for dev in up0 up1; do ip link set $dev addrgenmode none; done
for dev in down0 down1; do ip -n peer link set $dev addrgenmode none; done
ip addr add 2001:db8::1/64 dev up0 nodad
ip addr add fe80::1/64 dev up0 nodad
ip addr add fe80::1/64 dev up1 nodad
ip link set up0 up; ip link set up1 up
ip -n peer link set down0 up; ip -n peer link set down1 up
ip route add default via fe80::fe dev up0
ip route add 2001:db8:1::/48 via 2001:db8::fd
ip route add 2001:db8:2::/48 dev up1
ip route add blackhole 2001:db8:3::/48`;
