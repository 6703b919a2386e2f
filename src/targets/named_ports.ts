/**
 * Names of ports, from the service name registry of IANA (RFC 6335) and, where it names them otherwise, as
 * `/etc/services` has them. Built in, so that a command line means the same ports on every machine that runs a shard.
 */
const PORTS_BY_NAME: ReadonlyMap<string, number> = new Map(
  `echo 7,discard 9,systat 11,daytime 13,qotd 17,chargen 19,ftp-data 20,ftp 21,ssh 22,telnet 23,smtp 25,time 37,
  whois 43,tacacs 49,domain 53,dns 53,bootps 67,dhcp 67,bootpc 68,tftp 69,gopher 70,finger 79,http 80,www 80,
  kerberos 88,pop2 109,pop3 110,sunrpc 111,portmapper 111,rpcbind 111,ident 113,auth 113,nntp 119,ntp 123,msrpc 135,
  epmap 135,netbios-ns 137,netbios-dgm 138,netbios-ssn 139,imap 143,imap2 143,snmp 161,snmptrap 162,xdmcp 177,bgp 179,
  irc 194,ldap 389,slp 427,svrloc 427,https 443,smb 445,microsoft-ds 445,kpasswd 464,smtps 465,submissions 465,
  isakmp 500,ike 500,exec 512,login 513,shell 514,syslog 514,printer 515,lpd 515,rip 520,route 520,submission 587,
  ipp 631,ldaps 636,rsync 873,domain-s 853,dot 853,ftps 990,telnets 992,imaps 993,pop3s 995,socks 1080,openvpn 1194,
  ms-sql-s 1433,mssql 1433,ms-sql-m 1434,oracle 1521,l2tp 1701,radius 1812,radius-acct 1813,ssdp 1900,mqtt 1883,nfs 2049,
  zookeeper 2181,docker 2375,docker-s 2376,etcd-client 2379,squid 3128,iscsi-target 3260,mysql 3306,
  ms-wbt-server 3389,rdp 3389,stun 3478,svn 3690,ipsec-nat-t 4500,sip 5060,sips 5061,xmpp-client 5222,
  xmpp-server 5269,mdns 5353,postgresql 5432,postgres 5432,amqps 5671,amqp 5672,coap 5683,coaps 5684,vnc 5900,rfb 5900,
  couchdb 5984,winrm 5985,wsman 5985,wsmans 5986,x11 6000,redis 6379,ircs-u 6697,http-alt 8080,https-alt 8443,
  secure-mqtt 8883,mqtts 8883,cassandra 9042,elasticsearch 9200,git 9418,memcached 11211,memcache 11211,mongodb 27017,
  bacnet 47808`.split(",").map((entry) => {
    const [name = "", port] = entry.trim().split(" ");
    return [name, Number(port)];
  }),
);

/** The port of this name, in whichever case; undefined when it is none. */
export function portOfName(name: string): number | undefined {
  return PORTS_BY_NAME.get(name.toLowerCase());
}

/** All names. */
export function portNames(): readonly string[] {
  return [...PORTS_BY_NAME.keys()];
}
